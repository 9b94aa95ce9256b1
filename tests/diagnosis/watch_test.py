"""When a run is told of a symptom, and when of its end."""

from tfgan_ref.diagnosis.history import Facts
from tfgan_ref.diagnosis.watch import Watch

FACTS = Facts(batch_size=10, train_steps=100)


def changes(doubts):
    watch = Watch(FACTS)
    found = []
    for k, doubt in enumerate(doubts):
        found += watch.add({"step": 100 + k, "diagnosis/doubt": doubt})
    return watch, found


def test_a_symptom_begins_once_and_ends_once():
    watch, found = changes([0.01] * 30 + [0.9] * 40)
    begin, end = found
    assert (begin.begins, begin.step) == (True, 109)
    # The median turns with the fifth, and has to stay for ten.
    assert (end.begins, end.step) == (False, 129 + 5 + 9)
    assert str(begin).startswith("Step 109: discriminator saturated: ")
    assert str(end).startswith("Step 143: no more discriminator saturated: ")
    assert not watch.present
    severity = watch.measured["discriminator_saturated"].severity
    assert severity == 0.1 / 0.9


def test_noise_about_a_threshold_is_one_symptom():
    watch, found = changes([0.01] * 10 + ([0.2] * 6 + [0.01] * 6) * 10)
    assert [change.begins for change in found] == [True]
    assert list(watch.present) == ["discriminator_saturated"]


def test_what_was_never_measured_is_not_told():
    watch = Watch(FACTS)
    assert not watch.add({"step": 100, "eval/errors": 1.0})
    assert not watch.measured
