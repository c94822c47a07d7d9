"""Every id by which Slack tells us what was clicked, chosen or submitted. They stay: old messages carry them."""

from __future__ import annotations

from typing import Final

# Freshness
FRESHNESS_AGAIN: Final = "freshness_again"
RESTORE_OPEN: Final = "restore_open"

# The restore and walk modals
RESTORE_CHOOSE: Final = "restore_choose"  # view: what, how, since when
RESTORE_CONFIRM: Final = "restore_confirm"  # view: the order, the points, what is overwritten
WALK_CHOOSE: Final = "walk_choose"  # view: which runbook
WALK_PART: Final = "walk_part"  # view: which part of it
WALK_INPUTS: Final = "walk_inputs"  # view: the values that the runbook asks for
RESTORE_INPUTS: Final = "restore_inputs"  # view: those of a restore that its second view has no room for
WALK_OPEN: Final = "walk_open"
WORKING: Final = "working"  # view: shown while something is worked out

# Approval
APPROVE: Final = "recovery_approve"
REJECT: Final = "recovery_reject"
DETAILS: Final = "recovery_details"

# A step's question
STEP_TAKE: Final = "step_take"
STEP_DONE: Final = "step_done"
STEP_FAIL: Final = "step_fail"
STEP_SKIP: Final = "step_skip"
STEP_RETRY: Final = "step_retry"
STEP_GIVE_UP: Final = "step_give_up"
STEP_JUMP: Final = "step_jump"  # where the runbook says to go when the step fails
STEP_UNDO: Final = "step_undo"  # what undoes it
STEP_TAKE_OVER: Final = "step_take_over"
STEP_MORE: Final = "step_more"  # menu: skip, done earlier, assign or hand over, note or file, look or jump

# A running recovery
PAUSE: Final = "recovery_pause"
RESUME: Final = "recovery_resume"
LEAD: Final = "recovery_lead"
NOTE: Final = "recovery_note"
CONTROL_MORE: Final = "recovery_more"  # menu: all steps, hand over, correct the start, abort
CORRECT_START: Final = "recovery_correct_start"
SHOW: Final = "recovery_show"

# Views that ask for words
REASON: Final = "reason"
START: Final = "correct_start"
EARLIER: Final = "done_earlier"
PEOPLE: Final = "assign_or_hand_over"
NOTE_OR_FILE: Final = "note_or_file"

# The view that shows all steps
LOOK: Final = "look"
LOOK_UNIT: Final = "look_unit"
LOOK_STEP: Final = "look_step"
LOOK_BACKGROUND: Final = "look_background"
LOOK_BACK: Final = "look_back"
LOOK_AHEAD: Final = "look_ahead"
LOOK_JUMP: Final = "look_jump"
LOOK_FINISH: Final = "look_finish"

# Inside views
WHAT_PLAN: Final = "plan"
WHAT_SYSTEMS: Final = "systems"
MODE: Final = "mode"
SINCE: Final = "since"
SINCE_AT: Final = "since_at"
WHY: Final = "why"
UNPROVEN: Final = "unproven"
BREAK_GLASS: Final = "break_glass"
POINT: Final = "point"
RUNBOOK: Final = "runbook"
PART: Final = "part"
PERSON: Final = "person"
GIVEN: Final = "given"  # what is given to them: a step, or the whole walk
FILES: Final = "files"
INPUT: Final = "input"
RELEASE: Final = "release"

# Review
REVIEW_LINK: Final = "review_link"  # opens an address; nothing to do here

# App Home and shortcuts
HOME_REFRESH: Final = "home_refresh"
START_SHORTCUT: Final = "start_recovery"
EVIDENCE_SHORTCUT: Final = "use_as_evidence"
EVIDENCE: Final = "evidence"  # view: which recovery
RECOVERY: Final = "recovery"
