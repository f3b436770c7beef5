"""Whether what is told of two members agrees with how each of them is related to the head of household."""

from collections.abc import Mapping

from registry.plausibility.cases import Case, Cases
from registry.plausibility.situation import Relationship as R
from registry.plausibility.situation import Situation

UNUSUAL, CONTRADICTORY = 1, 2

OF_THE_CHILD: Mapping[str, set[str]] = {
    R.HEAD: {R.CHILD},
    R.SPOUSE: {R.CHILD, R.OTHER_RELATIVE},
    R.CHILD: {R.GRANDCHILD},
    R.PARENT: {R.SIBLING},
    R.SIBLING: {R.OTHER_RELATIVE},
    R.GRANDCHILD: {R.OTHER_RELATIVE},
    R.GRANDPARENT: {R.OTHER_RELATIVE},
    R.OTHER_RELATIVE: {R.GRANDCHILD, R.SIBLING, R.OTHER_RELATIVE},
    R.NOT_RELATED: {R.GRANDCHILD, R.OTHER_RELATIVE, R.NOT_RELATED},
}
"""By how the mother is related to the head: how her child is. Stepchildren and children-in-law are other
relatives."""

OF_THE_SPOUSE: Mapping[str, set[str]] = {
    R.HEAD: {R.SPOUSE},
    R.SPOUSE: {R.OTHER_RELATIVE, R.NOT_RELATED},
    R.CHILD: {R.OTHER_RELATIVE},
    R.PARENT: {R.PARENT, R.OTHER_RELATIVE},
    R.SIBLING: {R.OTHER_RELATIVE},
    R.GRANDCHILD: {R.OTHER_RELATIVE},
    R.GRANDPARENT: {R.GRANDPARENT, R.OTHER_RELATIVE},
    R.OTHER_RELATIVE: {R.CHILD, R.PARENT, R.SIBLING, R.GRANDCHILD, R.OTHER_RELATIVE, R.NOT_RELATED},
    R.NOT_RELATED: {R.CHILD, R.PARENT, R.SIBLING, R.GRANDCHILD, R.OTHER_RELATIVE, R.NOT_RELATED},
}
"""By how a member is related to the head: how whoever marries them is."""

TO_NEW_HEAD: Mapping[str, Mapping[str, str]] = {
    R.SPOUSE: {R.HEAD: R.SPOUSE, R.CHILD: R.CHILD, R.GRANDCHILD: R.GRANDCHILD},
    R.CHILD: {
        R.HEAD: R.PARENT,
        R.SPOUSE: R.PARENT,
        R.CHILD: R.SIBLING,
        R.PARENT: R.GRANDPARENT,
        R.GRANDCHILD: R.CHILD,
    },
    R.PARENT: {
        R.HEAD: R.CHILD,
        R.CHILD: R.GRANDCHILD,
        R.PARENT: R.SPOUSE,
        R.SIBLING: R.CHILD,
        R.GRANDPARENT: R.PARENT,
    },
    R.SIBLING: {
        R.HEAD: R.SIBLING,
        R.PARENT: R.PARENT,
        R.SIBLING: R.SIBLING,
        R.GRANDPARENT: R.GRANDPARENT,
    },
    R.GRANDCHILD: {
        R.HEAD: R.GRANDPARENT,
        R.SPOUSE: R.GRANDPARENT,
        R.CHILD: R.PARENT,
        R.GRANDCHILD: R.SIBLING,
    },
    R.GRANDPARENT: {
        R.HEAD: R.GRANDCHILD,
        R.PARENT: R.CHILD,
        R.SIBLING: R.GRANDCHILD,
        R.GRANDPARENT: R.SPOUSE,
    },
}
"""By how the new head was related to the head before, then by how a member was: how close the member is to
the new head, if at all. Nothing is known by it of other relatives and of those who are not related."""

DISTANT = {R.OTHER_RELATIVE, R.NOT_RELATED}
"""May always be said: of stepchildren, and of who has separated."""


def relation_of_mother(situation: Situation) -> Cases:
    mother, child = situation.mother, situation.newborn
    if not mother or not child or not mother.relationship or not child.relationship:
        return
    if child.relationship not in OF_THE_CHILD[mother.relationship]:
        how = CONTRADICTORY if mother.relationship == R.HEAD else UNUSUAL
        told = {"mother_is": mother.relationship, "child_is": child.relationship}
        yield Case({"mother": mother, "child": child}, how, how, told)


def relation_of_spouse(situation: Situation) -> Cases:
    if len(situation.married) != 2:
        return
    member, spouse = situation.married
    if not member.relationship or not spouse.relationship:
        return
    if spouse.relationship not in OF_THE_SPOUSE[member.relationship]:
        how = CONTRADICTORY if member.relationship == R.HEAD else UNUSUAL
        told = {"member_is": member.relationship, "spouse_is": spouse.relationship}
        yield Case({"member": member, "spouse": spouse}, how, how, told)


def relation_to_new_head(situation: Situation) -> Cases:
    head, formerly = situation.named_head, situation.formerly
    close = TO_NEW_HEAD.get(formerly.get(head.key, ""), {}) if head else {}
    if not head or not close:
        return
    for one in situation.members:
        was = formerly.get(one.key, "")
        if one == head or not one.relationship or one.relationship in DISTANT or was in {"", *DISTANT}:
            continue
        if one.relationship != close.get(was):
            told = {"member_is": one.relationship, "member_was": was, "head_was": formerly[head.key]}
            yield Case({"member": one, "head": head}, UNUSUAL, UNUSUAL, told)
