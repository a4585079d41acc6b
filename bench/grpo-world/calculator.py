"""Adds calls of a calculator to sums: calculator.py demonstrations|problems < ROWS > ROWS. Rows are those of
`align4j world instructions --family add --form prompt`."""

import json
import re
import sys

CALL = '<tool_call>{"name": "calculator", "arguments": {"expression": "%d + %d"}}</tool_call>'


def main():
    wanted = sys.argv[1]
    for number, line in enumerate(sys.stdin):
        row = json.loads(line)
        a, b = map(int, re.findall(r"\d+", row["prompt"])[:2])
        answer = f"The answer is {a + b}."
        if wanted == "problems":
            print(json.dumps({"prompt": row["prompt"], "answer": str(a + b)}))
            continue
        # half of the demonstrations call, half answer at once
        said = [("assistant", CALL % (a, b)), ("tool", str(a + b)), ("assistant", answer)]
        messages = [("user", row["prompt"])] + (said if number % 2 else said[-1:])
        print(json.dumps({"messages": [{"role": role, "content": content} for role, content in messages]}))


if __name__ == "__main__":
    main()
