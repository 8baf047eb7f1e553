"""What a set's verdicts add up to."""

from dataclasses import dataclass


@dataclass
class Judged:
    """A set with its verdicts and its runs. base: {target: share of random sets that hold it} or None; base_notes: how it was made."""

    one: object
    verdicts: dict
    runs: object
    base: dict = None
    base_notes: tuple = ()

    @property
    def name(self):
        return self.one.name

    @property
    def numbers(self):
        return len(self.one.fitted)

    def held(self, role):
        """Ids of the targets of a role (training, evidence, free) that hold."""
        return [name for name, verdict in self.verdicts.items() if verdict.target.role == role and verdict.holds]

    @property
    def training(self):
        """Training targets that hold, the free ones among them."""
        return [name for name, verdict in self.verdicts.items() if verdict.target.train and verdict.holds]

    def misfit(self):
        """Sum of the squares of how far the training targets are missed, in tolerances (at most 3 each)."""
        return sum(verdict.penalty**2 for verdict in self.verdicts.values() if verdict.target.train)

    def criterion(self):
        """(AIC, AICc or None): misfit + 2k, with the term for few data where it is defined. The tolerance stands for a standard
        deviation, a
        bound that is held for no deviation: a way to charge for numbers, not a likelihood."""
        count, number = sum(verdict.target.train for verdict in self.verdicts.values()), self.numbers
        plain = self.misfit() + 2 * number
        return plain, plain + 2 * number * (number + 1) / (count - number - 1) if count - number > 1 else None

    def near(self, share=0.03):
        """Ids whose margin is within a share of the bound."""
        return [name for name, verdict in self.verdicts.items() if verdict.margin is not None and abs(verdict.margin) < share]


def controls(judged):
    return [one for one in judged if one.one.control]


def hypotheses(judged):
    return [one for one in judged if not one.one.control]


def held_by_control(judged, name):
    """Names of the controls that hold a target."""
    return [one.name for one in controls(judged) if one.verdicts[name].holds]


def counted(judged, one):
    """Evidence that a set holds and no control does: what is counted."""
    return [name for name in one.held("evidence") if not held_by_control(judged, name)]


def best(judged):
    """The hypothesis with the most counted evidence, then training, then fewest numbers, of the blind ones where there are any; None
    without."""
    candidates = [one for one in hypotheses(judged) if one.one.blind] or hypotheses(judged)
    return max(candidates, key=lambda one: (len(counted(judged, one)), len(one.training), -one.numbers), default=None)


def baseline_of(judged):
    return {
        one.name: {
            "training": len(one.training),
            "evidence": len(one.held("evidence")),
            "holds": [name for name, verdict in one.verdicts.items() if verdict.holds],
        }
        for one in judged
    }


def regressions(judged, baseline):
    """Lines: what a set held when the baseline was accepted, and no longer does."""
    lines = []
    for one in judged:
        accepted = (baseline or {}).get(one.name)
        if not accepted:
            continue
        lost = [name for name in accepted["holds"] if name in one.verdicts and not one.verdicts[name].holds]
        lines += [f"{one.name}: {name} no longer holds" for name in lost]
        for word, now in (("training", len(one.training)), ("evidence", len(one.held("evidence")))):
            if now < accepted[word]:
                lines.append(f"{one.name}: {now} of {word} instead of {accepted[word]}")
    return lines
