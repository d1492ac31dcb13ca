-- What an employee has is asked for more often than anything: without an index of its own it is looked for among
-- everything that was ever closed.

create index appeals_of_assignee on appeals (assignee, tier, turn, id);
