"""Tables and figures that tell a person what was measured."""
