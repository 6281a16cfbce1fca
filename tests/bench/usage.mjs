// usage.mjs SAMPLES SQL OUT: DuckDB with two threads makes the rows of docs/usage.sql from the CSV,
// three ways, and prints the seconds of each; the statement's own rows go to OUT.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const require = createRequire(process.cwd() + '/');
const { DuckDBInstance } = require('@duckdb/node-api');
const [samples, sqlFile, out] = process.argv.slice(2);

const db = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
const table = (number) => `read_csv('${samples}', header = true, auto_detect = false, delim = ',', columns = {
	vm: 'VARCHAR', time: 'TIMESTAMP', vcpu_pct: '${number}', mem_pct: '${number}', disk_used_gb: '${number}', disk_alloc_gb: '${number}' })`;
const shortest = (number) => `SELECT vm, CAST(time AS DATE) AS day, count(*) AS samples,
	count(*) FILTER (hour(time) BETWEEN 8 AND 19) AS work_samples,
	sum(vcpu_pct) FILTER (hour(time) BETWEEN 8 AND 19) AS vcpu_work_sum, max(vcpu_pct) AS vcpu_peak,
	sum(mem_pct) FILTER (hour(time) BETWEEN 8 AND 19) AS mem_work_sum, max(mem_pct) AS mem_peak,
	arg_max(disk_used_gb, time) AS disk_used_gb, arg_max(disk_alloc_gb, time) AS disk_alloc_gb, max(time) AS last
	FROM ${table(number)} GROUP BY ALL ORDER BY vm, day`;

async function timed(name, sql) {
	const start = process.hrtime.bigint();
	await db.run(sql);
	console.log(`${name}\t${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(3)}`);
}

const statement = readFileSync(sqlFile, 'utf8').replace('FROM samples', `FROM ${table('DECIMAL(18, 6)')}`);
await timed('DuckDB, docs/usage.sql', `COPY (${statement}) TO '${out}' (HEADER)`);
await timed('DuckDB, arg_max on decimals', `CREATE OR REPLACE TEMP TABLE d AS ${shortest('DECIMAL(9, 2)')}`);
await timed('DuckDB, arg_max on doubles', `CREATE OR REPLACE TEMP TABLE d AS ${shortest('DOUBLE')}`);
