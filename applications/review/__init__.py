"""The reviewer's desk: decisions that are held before they leave, the second reviewer, many at once."""
