"""A question of the small corpus (see `conftest`) as a file of questions holds it."""

BEDS = {
    "id": "beds",
    "lang": "zh-Hans",
    "type": "number",
    "question": "青禾三院有多少张床？",
    "answers": ["620张"],
    "evidence": [{"file": "clover.md", "snippet": "床位620张"}],
    "answerable": True,
}
