-- PostgreSQL only, as 0004: the keys by which the catalogue is put in order compare byte by byte here too.
-- Most languages pass over the hyphen, so that lists would come in another order than from SQLite.

alter table regions alter column code type text collate "C";
alter table organisations alter column region type text collate "C";
alter table organisations alter column key type text collate "C";
alter table rooms alter column region type text collate "C";
alter table rooms alter column key type text collate "C";
alter table units alter column region type text collate "C";
