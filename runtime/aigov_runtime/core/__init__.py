"""The decision core: an instruction set (`isa`), one C file that runs it, and its Python face (`program`)."""
