-- PostgreSQL only, as 0004: the table of entries was made anew and compares byte by byte again.

alter table entries alter column feed type text collate "C";
alter table entries alter column id type text collate "C";
