// Reads the QR code of a slip with the camera, where the browser can (BarcodeDetector): nothing is uploaded.
// Only a helper: a reader that types, or a hand, fills the same box. The camera is asked for on press.
"use strict";

const place = document.querySelector("[data-scan]");
if (place && "BarcodeDetector" in self && navigator.mediaDevices) {
  const button = place.querySelector("button");
  const video = place.querySelector("video");
  const problem = place.querySelector("[data-scan-problem]");
  const box = document.getElementById(place.dataset.scan);
  let stream = null;
  place.hidden = false;

  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    video.hidden = true;
  };

  const look = async (detector) => {
    if (!stream) return;
    const codes = await detector.detect(video).catch(() => []);
    if (!stream) return;
    if (codes.length) {
      stop();
      box.value = codes[0].rawValue;
      box.form.requestSubmit();
      return;
    }
    setTimeout(look, 150, detector);
  };

  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    problem.hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      look(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch (error) {
      stop();
      problem.hidden = false;
    }
  });
  addEventListener("pagehide", stop);
}
