"""A class at work: students who agree show what they answered, and the teacher sees it added up.

``join_class`` is for a student, the others are for a teacher. No lesson needs any of them.
"""

from helpers.classroom.box import clear_class
from helpers.classroom.join import join_class
from helpers.classroom.view import show_class

__all__ = ["clear_class", "join_class", "show_class"]
