-- PostgreSQL only, as 0004: the ids by which appeals, their logs and what hangs on them are put in order, paged and
-- locked compare byte by byte.

alter table appeals alter column id type text collate "C";
alter table appeal_events alter column appeal type text collate "C";
alter table dues alter column appeal type text collate "C";
alter table dues alter column what type text collate "C";
alter table shifts alter column id type text collate "C";
alter table cycles alter column appeal type text collate "C";
