/**
 * What Spark does, by number: `section.fact`, a section's table as `section table`, the event sequences as `B.n`.
 * The titles are ours and short; docs/fidelity.md sets beside each what Kindling does and which tests prove it.
 */

/** Number and title. */
export type Fact = readonly [number: string, title: string]

export interface Section {
  title: string
  facts: readonly Fact[]
}

export const sections: readonly Section[] = [
  {
    title: '1 Application start',
    facts: [
      ['1.1', 'One SparkContext at a time in a JVM; a second one is refused'],
      ['1.2', 'A context that is only half built brings a warning, not a refusal'],
      ['1.3', '`spark.driver.allowMultipleContexts` is gone and does nothing'],
      ['1.4', 'PySpark refuses a second context itself, with `ValueError` naming the first'],
      ['1.5', 'No SparkContext inside a task'],
      ['1.6', '`SparkContext.getOrCreate` gives the running context back and warns that settings may not act'],
      ['1.7', 'After `stop()` a new context may come, its ids from 0; jobs cut off by it end after the application'],
      ['1.8', 'Without master or name a context is refused; sessions name themselves'],
      ['1.9', 'The order in which a context starts: scheduler, application id, block manager, log, first events'],
      ['1.10', 'The driver is the "executor" `driver`; only local mode announces it as one'],
      ['1.11', 'The start waits for registered executors only where a ratio asks for it'],
      ['1.12', '`SparkSession.builder.getOrCreate`: the running session, with the new runtime SQL options'],
      ['1.13', '`builder.create()` always makes a new session'],
      ['1.14', 'Several sessions on one context: what they share and what is their own'],
      ['1.15', 'Stopping a session stops the context and with it every session'],
      ['1.16', 'Classic and Connect are two bodies behind one session class'],
      ['1.17', 'How application, driver and worker ids are written'],
      ['1.18', 'Executor ids count from 0 and are never used again']
    ]
  },
  {
    title: '2 Masters and deploy modes',
    facts: [
      ['2.1', 'The master strings, and how an unknown one is refused'],
      ['2.2', '`local[N]` is N slots without retries; `local[N,F]` sets the number of failures'],
      ['2.3', 'In local mode all is one process: nothing to lose but everything'],
      ['2.4', '`local-cluster[…]` has executors of their own, and real retries'],
      ['2.5', 'Client and cluster mode differ in where the driver runs'],
      ['2.6', 'Combinations of master, mode and program that are refused'],
      ['2.7', 'A submit in cluster mode does not wait for the application'],
      ['2.8', 'Ports of the masters, workers and pages'],
      ['2.9', 'What an application asks for when told nothing: memory, cores, executors'],
      ['2.10', 'What a worker offers when told nothing']
    ]
  },
  {
    title: '3 The standalone Master and its Workers',
    facts: [
      ['3.1', 'How a worker registers, and what the Master may answer'],
      ['3.2', 'How often and how long a worker tries to register'],
      ['3.3', 'Worker heartbeats, and how soon a silent or a closed worker is noticed'],
      ['3.4', 'How long a dead worker is still shown'],
      ['3.5', 'States of workers, applications, executors, drivers and the Master'],
      ['3.6', 'An application that no Master answers gives up after three tries'],
      ['3.7', 'The Master dies: what runs goes on, nothing is replaced'],
      ['3.8', 'A driver that vanishes leaves a FINISHED application'],
      ['3.9', 'Applications in order; workers with the most free cores first'],
      ['3.10', 'Executors are spread out over workers, or fill one after another'],
      ['3.11', 'How many executors, with and without `spark.executor.cores`'],
      ['3.12', 'Drivers of cluster mode are placed first, on shuffled workers'],
      ['3.13', 'Nothing fits: the application waits, the driver says so every 15 s'],
      ['3.14', 'From launch to exit: states, folder, output and words of an executor'],
      ['3.15', 'A kill is SIGTERM, ten seconds, SIGKILL'],
      ['3.16', 'Executor states reach the Master, or the worker gives up'],
      ['3.17', 'A finished executor is replaced at once, under a new id'],
      ['3.18', 'Ten failures in a row and nobody running: the application is removed'],
      ['3.19', 'A lost worker takes its executors and drivers with it'],
      ['3.20', 'Executors and cluster-mode drivers share the fate of their worker (255)'],
      ['3.21', 'What is cleaned up, and when'],
      ['3.22', 'How a driver that ended is booked'],
      ['3.23', '`--supervise`: any non-zero end is started again, with back-off, under a new application id'],
      ['3.24', 'A supervised driver of a lost worker starts elsewhere under a new driver id'],
      ['3.25', 'Supervision is for standalone clusters'],
      ['3.26', 'Recovery of a Master from what it had stored']
    ]
  },
  {
    title: '4 Executors: life, heartbeats, exit codes',
    facts: [
      ['4.1', 'An executor asks the driver for its settings, then registers'],
      ['4.2', 'Why a registration is refused, and that the executor then exits 1'],
      ['4.3', 'Registered is not yet ready: slots are free after LaunchedExecutor'],
      ['4.4', 'A task on its way, and the line that says so'],
      ['4.5', 'An executor sends heartbeats every 10 s'],
      ['4.6', 'Sixty heartbeats without an answer: exit 56'],
      ['4.7', 'How long silence lasts before the driver acts'],
      ['4.8', 'A silent executor is removed and replaced; the loss counts'],
      ['4.9', 'An executor without its driver leaves with 0'],
      ['4.10', 'Told to stop, an executor exits 0'],
      ['4.11', 'Which errors in a task are fatal to the executor'],
      ['4.12', 'A fatal error: the task tells it, then the process exits 52 or 50'],
      ['4.13', 'An uncaught exception on any thread ends an executor with 50'],
      ['4.14', 'A wrapped OutOfMemoryError is one, too'],
      ['4.15', 'An executor that is going down reports no tasks'],
      ['4.16', 'On YARN a full heap shows as 143'],
      ['4 table', 'The exit codes and what they mean'],
      ['4.17', 'How an exit code is put in words'],
      ['4.18', 'The reasons for which an executor is lost'],
      ['4.19', 'Which losses count against the tasks that ran there'],
      ['4.20', 'Standalone: which exit codes count'],
      ['4.21', 'A closed connection is known first, its exit code is waited for'],
      ['4.22', 'YARN: which ends count'],
      ['4.23', 'Kubernetes: which ends count'],
      ['4.24', 'YARN and Kubernetes give up after too many lost executors'],
      ['4.25', 'What the driver logs about a loss'],
      ['4.26', 'What the driver does about a loss'],
      ['4.27', 'A removed executor that lives is told to stop']
    ]
  },
  {
    title: '5 Jobs, stages, lost data',
    facts: [
      ['5.1', 'One job for an action; ids count up; a job of no partitions has no stages'],
      ['5.2', 'Stages are cut at shuffles'],
      ['5.3', 'Parents have lower ids than the stage that needs them'],
      ['5.4', 'A stage waits for its missing parents; independent ones run together'],
      ['5.5', 'What is missing: map outputs, unless every partition is cached below'],
      ['5.6', 'A shuffle that is there already is a skipped stage, with a new id'],
      ['5.7', 'JobStart lists all stages'],
      ['5.8', 'A new attempt of a stage runs only what is missing'],
      ['5.9', 'A closure is serialized before a stage runs; a large one brings a warning'],
      ['5.10', 'Where tasks would like to run'],
      ['5.11', 'How a reducer comes to a fetch failure'],
      ['5.12', 'A fetch failure stays one when the program catches it'],
      ['5.13', 'The first fetch failure marks the stage as failed; 200 ms later both are resubmitted'],
      ['5.14', 'A fetch failure is no failure of the task'],
      ['5.15', 'A fetch failure forgets all outputs of the executor blamed'],
      ['5.16', 'The executor blamed loses its cached blocks too, and registers anew'],
      ['5.17', 'The map stage runs again for what is missing; attempts count from 0'],
      ['5.18', 'Four failed attempts of one stage end the job'],
      ['5.19', 'Fetch failures of decommissioned executors do not count'],
      ['5.20', 'A lost executor’s outputs are gone; finished maps of a running stage run again'],
      ['5.21', 'A late success from a lost executor is not believed'],
      ['5.22', 'A map stage that ended with outputs missing runs again'],
      ['5.23', 'Indeterminate stages run again whole, or end the job'],
      ['5.24', 'Barrier stages'],
      ['5.25', 'The message of an aborted job'],
      ['5.26', 'A Spark error with a condition of its own comes unwrapped'],
      ['5.27', 'A failed job raises in its own thread; the rest goes on'],
      ['5.28', 'Stages that only a failed job needed are cancelled'],
      ['5.29', 'The words of a cancelled job'],
      ['5.30', 'A finished stage ends its leftover copies'],
      ['5.31', 'persist() only marks; the lineage stays'],
      ['5.32', 'A storage level is not changed before unpersist'],
      ['5.33', 'checkpoint() runs one more job after the first, then the lineage is cut'],
      ['5.34', 'localCheckpoint() keeps blocks on executors, and loses them with those'],
      ['5.35', 'Which actions write a checkpoint; a DataFrame’s is eager']
    ]
  },
  {
    title: '6 Task scheduling',
    facts: [
      ['6.1', 'Slots of an executor'],
      ['6.2', 'When offers are made'],
      ['6.3', 'Offers go round executors in random order'],
      ['6.4', 'Low partitions first; a failed one next'],
      ['6.5', 'FIFO: by job, then stage'],
      ['6.6', 'FAIR: pools by need, then weight'],
      ['6.7', 'Nothing is preempted'],
      ['6.8', 'Locality levels and how long each is waited for'],
      ['6.9', 'Levels without candidates are skipped; when the wait starts anew'],
      ['6.10', 'Four failures of one task end its job'],
      ['6.11', 'States of a task'],
      ['6.12', 'Which ends count as failures'],
      ['6.13', 'Failures that are not retried'],
      ['6.14', 'Equal exceptions are logged in full once in 10 s'],
      ['6.15', 'The lines that tell of a lost and of a finished task'],
      ['6.16', 'Small results come with the status, large ones as blocks'],
      ['6.17', 'Four threads read results'],
      ['6.18', 'A result block that is gone means one more try'],
      ['6.19', '`spark.driver.maxResultSize` is over all results of a task set'],
      ['6.20', 'Too large results end the job at once; the driver lives'],
      ['6.21', 'Speculation: its settings'],
      ['6.22', 'Speculation: which tasks get a copy'],
      ['6.23', 'Speculation: where the copy runs, and who wins'],
      ['6.24', 'Exclusion on failure is off unless asked for'],
      ['6.25', 'Exclusion: its settings'],
      ['6.26', 'Exclusion for a task, a stage, an application'],
      ['6.27', 'A task that may run nowhere ends its job, or waits for a new executor'],
      ['6.28', 'Exclusions are told twice, by their new and their old name']
    ]
  },
  {
    title: '7 Dynamic allocation and decommissioning',
    facts: [
      ['7.1', 'Dynamic allocation: its settings'],
      ['7.2', 'It needs something that keeps shuffle data'],
      ['7.3', 'A backlog asks for 1, 2, 4, 8… executors'],
      ['7.4', 'Idle executors are let go'],
      ['7.5', 'The Master is told how many are wanted'],
      ['7.6', 'A decommissioned executor takes no tasks, moves its blocks, leaves with 0'],
      ['7.7', 'Such a loss does not count'],
      ['7.8', 'Once gone it is forgotten']
    ]
  },
  {
    title: '8 Memory',
    facts: [
      ['8.1', 'Unified memory and its storage region'],
      ['8.2', 'The least heap'],
      ['8.3', 'Storage and execution borrow; only storage gives back'],
      ['8.4', 'The share of one task among N'],
      ['8.5', 'A refused request makes the same task spill, then fails it; the executor lives'],
      ['8.6', 'When a collection spills, and how it is measured'],
      ['8.7', 'Which cached blocks are evicted'],
      ['8.8', 'A partition that does not fit is left out, or goes to disk'],
      ['8.9', 'The storage levels, and PySpark’s'],
      ['8.10', 'Lost replicas are made again'],
      ['8.11', 'The size of a container'],
      ['8.12', 'Over the container’s limit: killed from outside, 137'],
      ['8.13', 'The driver out of memory, by thread'],
      ['8.14', 'What fills a driver'],
      ['8.15', 'What a dead driver takes with it'],
      ['8.16', 'A driver’s memory is set before it starts']
    ]
  },
  {
    title: '9 Broadcast and accumulators',
    facts: [
      ['9.1', 'A broadcast goes in pieces, from driver and executors'],
      ['9.2', 'Limits of a broadcast table'],
      ['9.3', 'Accumulators: once in result tasks, every time in map tasks'],
      ['9.4', 'So they may count too much in transformations'],
      ['9.5', 'Two actions on an uncached RDD count twice'],
      ['9.6', 'A task cannot read the total']
    ]
  },
  {
    title: '10 DataFrames: jobs, stages, tasks',
    facts: [
      ['10.1', 'Adaptive execution applies to plans with an exchange'],
      ['10.2', 'Adaptive: each shuffle is a job; the result’s job skips them'],
      ['10.3', 'The final part is a stage of its own in 4.1'],
      ['10.4', 'Shuffle partitions, and how they are coalesced'],
      ['10.5', 'Other changes of plan at run time: broadcast joins, skew, empty sides'],
      ['10.6', 'Default parallelism'],
      ['10.7', 'How a range is cut'],
      ['10.8', 'How Scala’s parallelize cuts'],
      ['10.9', 'How PySpark’s parallelize cuts'],
      ['10 table', 'How many jobs each action runs'],
      ['10.10', 'How take scans more partitions'],
      ['10.11', 'show(n) asks for one row more, as text'],
      ['10.12', 'Local rows: no job in Scala, a job in PySpark'],
      ['10.13', 'One SQL execution for an action'],
      ['10.14', 'ANSI mode raises where nulls came before']
    ]
  },
  {
    title: '11 RDDs and PySpark',
    facts: [
      ['11.1', 'Narrow steps are one PythonRDD, up to a cached one'],
      ['11.2', 'A Python exception fails the task; a dead Python fails the task, not the executor'],
      ['11.3', 'A shuffle in Python is one shuffle and two stages'],
      ['11.4', 'What combines before the shuffle'],
      ['11.5', 'How many partitions come out'],
      ['11.6', 'sortBy and sortByKey run jobs when called'],
      ['11.7', 'zipWithIndex runs a job when called'],
      ['11.8', 'distinct is a reduceByKey'],
      ['11.9', 'A join is a union and one shuffle'],
      ['11.10', 'A partitioner that is there is used again'],
      ['11.11', 'repartition shuffles evenly; coalesce merges without a stage'],
      ['11.12', 'How RDD.take scans more partitions'],
      ['11.13', 'Jobs of the other actions'],
      ['11.14', 'toDebugString'],
      ['11.15', 'Where keys go']
    ]
  },
  {
    title: '12 The event log',
    facts: [
      ['12.1', 'Where the log goes, and its first line'],
      ['12.2', 'Rolling and compression, and their settings'],
      ['12.3', 'The name of a single file, in progress and done'],
      ['12.4', 'The names of a rolled log'],
      ['12.5', 'How ids are made fit for file names'],
      ['12.6', 'A dead driver leaves a log in progress'],
      ['12.7', 'What is flushed at once'],
      ['12 table', 'Events and their fields'],
      ['12.8', 'The usual head of a log, and of each job'],
      ['12.9', 'A retried stage is a new attempt in the log'],
      ['12.10', 'Readers skip unknown events and fields'],
      ['12.11', 'Bad lines: one in the middle, one at the end'],
      ['12.12', 'What a listing reads, and what "completed" means there'],
      ['12.13', 'Task starts and ends come in pairs'],
      ['12.14', 'SQL metrics come from accumulables'],
      ['12.15', 'The listener queue holds 10,000 events'],
      ['12.16', 'Where the History Server looks'],
      ['12.17', 'The REST API']
    ]
  },
  {
    title: '13 How failures show',
    facts: [
      ['13.1', 'An executor killed with SIGKILL'],
      ['13.2', 'The same on YARN and Kubernetes'],
      ['13.3', 'An executor’s heap is full'],
      ['13.4', 'YARN’s memory limit'],
      ['13.5', 'A worker or its computer is gone'],
      ['13.6', 'An executor let go by the driver'],
      ['13.7', 'Heartbeats stay away'],
      ['13.8', 'A fetch failure'],
      ['13.9', 'A task fails four times'],
      ['13.10', 'Results too large'],
      ['13.11', 'The driver is out of memory'],
      ['13.12', 'Execution memory is refused'],
      ['13.13', 'A Python worker dies'],
      ['13.14', 'One partition with far more data'],
      ['13.15', 'A spill'],
      ['13.16', 'The disk is full'],
      ['13.17', 'An excluded executor'],
      ['13.18', 'No resources'],
      ['13.19', 'The context stops in the middle of a job'],
      ['13.20', 'A closure that cannot be serialized'],
      ['13.21', 'Executors crash in a loop'],
      ['13.22', 'A stack overflow in a task']
    ]
  },
  {
    title: 'B Sequences of events',
    facts: [
      ['B.1', 'An executor crashes in a result stage'],
      ['B.2', 'An executor crashes while the map stage runs'],
      ['B.3', 'An executor crashes after the map stage'],
      ['B.4', 'A task fails four times'],
      ['B.5', 'The driver is killed; its program raises'],
      ['B.6', 'The context stops with a job running']
    ]
  }
]
