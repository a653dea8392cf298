"""How a conversation is laid out for each family of chat weights.

The template inside a GGUF is a program by whoever made the file, so it is never run; this table is used instead.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """Markup around the turns. `marker` is one token in the vocabularies this template is for."""

    name: str
    marker: str
    before_system: str
    between: str  # from the system's words to the person's
    before_reply: str
    before_prompt: str = ""  # in place of before_system and between, when there are no system words


TEMPLATES = (
    Template(
        "chatml",
        "<|im_start|>",
        "<|im_start|>system\n",
        "<|im_end|>\n<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>user\n",
    ),
    Template(
        "llama3",
        "<|start_header_id|>",
        "<|start_header_id|>system<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|start_header_id|>user<|end_header_id|>\n\n",
    ),
    Template(
        "gemma",  # has no system turn: its words open the person's
        "<start_of_turn>",
        "<start_of_turn>user\n",
        "\n\n",
        "<end_of_turn>\n<start_of_turn>model\n",
        "<start_of_turn>user\n",
    ),
)
PLAIN = Template("plain", "", "", "\n\n", "\n\nAnswer:\n")
