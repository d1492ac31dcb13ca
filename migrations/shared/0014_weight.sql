-- How many residents a medchat gets beside the others when a population is made up for a load test.

alter table rooms add column weight bigint not null default 1;
