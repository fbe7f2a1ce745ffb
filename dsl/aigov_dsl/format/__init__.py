"""The formatter: syntax tree and comments → layout document → text. One canonical style, no options.

`parse(format_module(tree)) == tree`, formatting twice changes nothing, and every comment is kept.
"""

from aigov_dsl.format.comments import Comments
from aigov_dsl.format.module import condition_text, format_module, format_text

__all__ = ["Comments", "condition_text", "format_module", "format_text"]
