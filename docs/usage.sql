-- One row a machine and day from raw minute samples, for `yunjuan usage --daily`. The statement is written
-- for DuckDB and for ClickHouse: it uses only what both have, and was seen to give the same rows as
-- `yunjuan usage` in DuckDB 1.5 and ClickHouse 26.7.
--
-- It reads a table samples (vm, time, vcpu_pct, mem_pct, disk_used_gb, disk_alloc_gb) whose time is a
-- timestamp in Beijing time and whose numbers are DECIMAL with all the decimals that the samples have, with
-- each machine's minute once: what is more than six decimals is rounded here, where ClickHouse would cut it
-- off. 8 to 20 are the working hours of lua/indicators.lua.
--
--   duckdb:     COPY (…) TO 'days.csv' (HEADER)         with samples made by read_csv
--   clickhouse: … FORMAT CSVWithNames
--
-- The storage of the day's last sample comes from one maximum: the minute, and behind it the number.
SELECT vm,
  day,
  count(*) AS samples,
  sum(work) AS work_samples,
  sum(CASE WHEN work = 1 THEN vcpu ELSE 0 END) AS vcpu_work_sum,
  max(vcpu) AS vcpu_peak,
  sum(CASE WHEN work = 1 THEN mem ELSE 0 END) AS mem_work_sum,
  max(mem) AS mem_peak,
  max(minute * 1000000000000000 + used) % 1000000000000000 / 1000000 AS disk_used_gb,
  max(minute * 1000000000000000 + alloc) % 1000000000000000 / 1000000 AS disk_alloc_gb,
  substring(CAST(max(time) AS VARCHAR), 12, 5) AS last
FROM (
  SELECT vm,
    time,
    CAST(time AS DATE) AS day,
    CASE WHEN EXTRACT(HOUR FROM time) >= 8 AND EXTRACT(HOUR FROM time) < 20 THEN 1 ELSE 0 END AS work,
    CAST(EXTRACT(HOUR FROM time) AS BIGINT) * 60 + EXTRACT(MINUTE FROM time) AS minute,
    CAST(round(vcpu_pct, 6) AS DECIMAL(18, 6)) AS vcpu,
    CAST(round(mem_pct, 6) AS DECIMAL(18, 6)) AS mem,
    CAST(round(disk_used_gb * 1000000) AS BIGINT) AS used,
    CAST(round(disk_alloc_gb * 1000000) AS BIGINT) AS alloc
  FROM samples
) AS one
GROUP BY vm, day
ORDER BY vm, day
