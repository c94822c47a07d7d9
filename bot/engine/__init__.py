"""The only room that knows DBOS: the recovery workflow and the guarded step."""
