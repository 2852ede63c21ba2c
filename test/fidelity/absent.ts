/** Why a fact has no test: what Kindling has not, and for what reason. A fact that gets a test is taken out here. */

const onlyStandalone = 'Kindling’s cluster is Spark’s standalone one: there is no YARN and no Kubernetes'
const onePlainFile = 'a run is one plain log, so that it can be read and copied as it is; each line is on disk at once'

export const absent: Readonly<Record<string, string>> = {
  '1.2': 'a program has one thread that makes contexts, so none is seen half built',
  '1.16': 'a matter of Spark’s own classes; a program gets the classic session, and PySpark’s Connect is not here',
  '2.7': '`kindling run` stays until the application ends and gives its status, in both modes: people watch it',
  '2.8': 'any free port of 127.0.0.1 is taken, and the window stands in for the pages',
  '3.4': 'a run’s dead workers stay in sight until it ends',
  '3.25': onlyStandalone,
  '4.16': onlyStandalone,
  '4.22': onlyStandalone,
  '4.23': onlyStandalone,
  '4.24': onlyStandalone,
  '5.24': 'barrier stages are not built',
  '8.16': 'a driver’s process starts with the run, so its memory is set with the run',
  '10.3': 'a matter of Spark’s threads; jobs and stages are the same without it',
  '10.8': 'programs are Python; how PySpark cuts is §10.9',
  '12.2': onePlainFile,
  '12.4': onePlainFile,
  '12.5': 'application ids are Kindling’s own and need no change to be file names',
  '12.15': 'nothing is dropped: who talks too fast is made to wait',
  '12.16': 'there is no History Server; Spark’s reads the logs, wherever it is told to look',
  '12.17': 'there is no REST API; the window and `kindling events` show the same log',
  '13.4': onlyStandalone,
  '1.1': 'a Python program meets PySpark’s own refusal first (§1.4)',
  '3.21': 'a run’s files go when the run ends; there is nothing to clean later',
  '4.4': 'the line is INFO, below what PySpark prints; the story and the events tell of every task',
  '6.11': 'the window has states of its own for tasks; the log has Spark’s',
  '9.2': 'tables of that size do not fit a lab on a laptop',
  '10.5': 'a join keeps the strategy it was planned with, and large partitions are not split',
  '12.12': 'there is no listing of applications here; Spark’s History Server lists these logs',
  '12.14': 'SQL events carry no metrics of operators',
}
