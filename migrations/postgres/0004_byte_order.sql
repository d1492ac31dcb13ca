-- PostgreSQL only: ids, keys and feed names compare byte by byte, as they do in SQLite. It makes pages and
-- locks come in the same order on both engines whatever locale the cluster was made with, and is faster.

alter table feeds alter column id type text collate "C";
alter table entries alter column feed type text collate "C";
alter table entries alter column id type text collate "C";
alter table cids alter column author type text collate "C";
alter table cids alter column cid type text collate "C";
alter table cursors alter column feed type text collate "C";
