"""Writes core/src/test/resources/org/align4j/tokenizer/trained.json: texts, and the tokenizers that Hugging Face's
`tokenizers` learns on them. Run: python tools/tokenizer_fixture.py"""

import json
import pathlib
import random

import tokenizers
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

SPLITS = {
    "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    "smollm": pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ]),
}


def texts():
    draw = random.Random(7)
    # words of few letters, so that pairs overlap, tie, and come about by several ways
    words = ["".join(draw.choice("aab") for _ in range(draw.randint(1, 9))) for _ in range(60)]
    words += ["".join(draw.choice("klmnoeiu") for _ in range(draw.randint(2, 8))) for _ in range(90)]
    made = []
    for _ in range(40):
        parts = [draw.choice(words) for _ in range(draw.randint(1, 30))]
        made.append(draw.choice([" ", "  ", "\n"]).join(parts) + draw.choice([".", "?!", " ...\n\n", " 12 + 345 = 357"]))
    made += [
        "It's what they've said, isn't it? I'll go; we'd stay.\n\n\n  Indented, with\ttabs\u00a0and\u2003wide spaces.",
        "Über die Straße läuft ein Igel. Ça va? Привет, мир! こんにちは世界 🦊🦊 x² + ½ = Ⅻ",
        "aaaaaaaa aaaa aaaaaaaaaaaa",
        "",
    ]
    return made


def case(corpus, split, vocabulary, frequency, special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = SPLITS[split]
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=vocabulary, min_frequency=frequency, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    return {"split": split, "vocabulary": vocabulary, "min_frequency": frequency, "special": special,
            "tokens": sorted(model["vocab"], key=model["vocab"].get), "merges": model["merges"]}


def main():
    corpus = texts()
    special = ["<|a|>", "<|b|>"]
    cases = [case(corpus, *settings) for settings in [
        ("gpt-2", 400, 0, special), ("gpt-2", 5000, 0, special), ("gpt-2", 5000, 3, special),
        ("smollm", 600, 2, special[:1]), ("smollm", 257, 0, special[:1])]]
    root = pathlib.Path(__file__).resolve().parent.parent
    target = root / "core/src/test/resources/org/align4j/tokenizer/trained.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    fixture = {"made_with": f"tokenizers {tokenizers.__version__}", "texts": corpus, "cases": cases}
    target.write_text(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


main()
