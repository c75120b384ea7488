export type { JobContext, JobHandler, JobQueue, JobRequest } from "./job-queue.ts";
export type { JobCount, JobRecord, JobStatus } from "./job-repository.ts";
export { createJobQueue, type JobQueueOptions, type JobRunner } from "./queue.ts";
export { createScheduler, type RecurringJob, type Scheduler } from "./schedule.ts";
