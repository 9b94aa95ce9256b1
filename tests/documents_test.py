import json
import math

import pytest

from tfgan_ref import documents, inputs
from tfgan_ref.documents import ANY, COUNT, NUMBER, Damaged
from tfgan_ref.errors import UserError

SCHEMA = {"name": str, "runs": [{"step": COUNT, "loss?": float}, ...]}
GOOD = {"name": "a", "runs": [{"step": 3, "loss": 1}, {"step": 0, "x": []}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("7 7", "Extra data"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 101 + "]" * 101, "nested too deeply"),
        ('{"a": 1, "b": 2, "a": 3}', '"a" is there twice'),
        ('{"x": {"b": 1, "b": 1}}', '"b" is there twice'),
        ("[9223372036854775808]", "64 bits was expected, not 92233720368547"),
        ("-" + "9" * 5000, "64 bits was expected, not -999"),
        ("1e400", "64 bits was expected, not 1e400"),
        (r'"\ud800"', "no text in UTF-8"),
        (b'"caf\xe9"', "no text in UTF-8"),
        ("x\n\ty", "Expecting value"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_document_says_why_in_one_line(text, said):
    with pytest.raises(Damaged) as caught:
        documents.parse(text)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[" * 100 + "]" * 100, None),
        ("[9223372036854775807, -9223372036854775808]", [2**63 - 1, -(2**63)]),
        ('"\\u00e9\\ud83d\\ude00"', "é😀"),
        (b'\xef\xbb\xbf{"a": 1.5}', {"a": 1.5}),
        ('{"a": 1}'.encode("utf-16"), {"a": 1}),
        ("[Infinity, true, null]", [math.inf, True, None]),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_documents_at_the_limits_are_read(text, value):
    expected = json.loads(text) if value is None else value
    assert documents.parse(text) == expected


@pytest.mark.parametrize(
    ("schema", "fits", "others"),
    [
        (str, ["", "a"], [1, None, ["a"]]),
        (int, [0, -3], [True, 1.0, "1", None]),
        (COUNT, [0, 7], [-1, True, 0.5, "0"]),
        (float, [0, -0.5], [math.nan, math.inf, False, "1"]),
        (NUMBER, [0, math.nan, -math.inf], [True, "1", None]),
        (bool, [True], [1, None]),
        (None, [None], [0, False]),
        (dict, [{}], [[], None]),
        (list, [[]], [{}, "ab"]),
        (ANY, [None, 1, [{}]], []),
        ((str, None), ["a", None], [1, []]),
        ([int], [[], [1, 2]], [[1, "2"], 1, {}]),
        ([int, ...], [[1]], [[]]),
        ({str: COUNT}, [{}, {"a": 1}], [{"a": -1}, []]),
        ({"a": int}, [{"a": 1, "b": "x"}], [{}, {"a": None}, {"b": 1}]),
        ({"a?": int}, [{}, {"a": 1}], [{"a": None}]),
        ({"a": int, str: NUMBER}, [{"a": 1, "b": 0.5}], [{"a": 1, "b": ""}]),
    ],
)
def test_a_schema_takes_what_it_says(schema, fits, others):
    for value in fits:
        text = json.dumps(value)
        received = documents.parse(text, schema)
        assert json.dumps(received) == text
    for value in others:
        with pytest.raises(Damaged, match="was expected|is missing"):
            documents.parse(json.dumps(value), schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"runs": []}, "runs: one at least was expected. Received: []"),
        ({"name": ...}, "name is missing"),
        (
            {"runs": [{"step": 1}, {"step": "2"}]},
            'runs[1].step: a count was expected. Received: "2"',
        ),
        (
            {"runs": [{"step": 1, "loss": "\n" * 999}]},
            'runs[0].loss: a number was expected. Received: "\\n\\n',
        ),
    ],
)
def test_a_damaged_file_is_named_with_the_place(change, said, tmp_path):
    path = tmp_path / "x.json"
    changed = {k: v for k, v in (GOOD | change).items() if v is not ...}
    path.write_text(json.dumps(changed))
    with pytest.raises(UserError) as caught:
        documents.read(path, SCHEMA, "write it anew")
    message = str(caught.value)
    assert message.startswith(f"{path} is damaged ({said}")
    assert message.endswith("): write it anew")
    assert len(message.splitlines()) == 1


def test_a_sound_file_is_read_and_a_missing_one_told(tmp_path):
    path = tmp_path / "x.json"
    with pytest.raises(inputs.MissingFile):
        documents.read(path, SCHEMA)
    path.write_text(json.dumps(GOOD))
    assert documents.read(path, SCHEMA) == GOOD
    documents.check(path, GOOD, {"runs": list})
    with pytest.raises(UserError, match=r"x.json is damaged \(runs: text was"):
        documents.check(path, GOOD, {"runs": str})
