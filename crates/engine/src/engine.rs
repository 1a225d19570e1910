//! The engine: what all doors ask.

use crate::announce::{Listener, Listeners};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::execute::{self, Answer, ExecuteError, Outcome, Queues, Spine, Submission};
use crate::filters::Filters;
use crate::health::{self, Health};
use crate::history::{self, Keeper};
use crate::inbox::Inbox;
use crate::metrics::Metrics;
use crate::page_files::PageFiles;
use crate::people::People;
use crate::pools::Pools;
use crate::project_lists::ProjectLists;
use crate::question::{Question, Sources};
use crate::redis::{self, Redis, RedisConnection};
use crate::replica::Replica;
use crate::rooms::{
    self, Admitted, Client, ClientInfo, FeedHints, Hub, NotInRoom, NotJoined, NotKnown, Position, Publisher,
    Rooms,
};
use crate::settings::Settings;
use crate::snapshots::{BuiltFrom, Shared, Snapshots};
use crate::sweep;
use crate::words;
use crate::work::Work;
use bytes::Bytes;
use domain::command::CreateProject;
use domain::{CommandId, ProjectId};
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::JoinSet;

/// One instance's engine.
pub struct Engine {
    /// Accounts and sessions.
    pub people: People,
    /// Saved filters, to be written.
    pub filters: Filters,
    /// What people are told, as they read and mute it.
    pub inbox: Inbox,
    /// The files of the page, of every build that ran lately.
    pub page_files: PageFiles,
    spine: Arc<Spine>,
    sources: Arc<Sources>,
    rooms: Arc<Rooms>,
    publisher: Option<Arc<Publisher>>,
    keeper: Arc<Keeper>,
    redis: Option<Redis>,
    settings: Settings,
    work: Work,
    metrics: Arc<Metrics>,
}

impl Engine {
    /// Connects to nothing yet. Runs on the main runtime, which drives what the engine has in the background.
    ///
    /// # Errors
    /// When Redis' address cannot be used, or the system gives no randomness.
    pub fn start(settings: Settings) -> anyhow::Result<Engine> {
        let limits = &settings.limits;
        let work = Work::new(limits.request);
        let metrics = Arc::new(Metrics::default());
        let pools = Pools::open(&settings);
        let open = |url: &str| Redis::open(url, limits, work.runtime().clone());
        let redis = settings.redis_url.as_deref().map(open).transpose()?;
        let client = settings.redis_url.as_deref().map(redis::client).transpose()?;
        let sources = Arc::new(sources(&settings, &pools, redis.as_ref(), &metrics, &work));
        work.runtime().spawn(sources.lists.clone().run());
        let rooms = rooms::start(limits, metrics.sockets.clone(), pools.rooms.clone(), client.clone());
        let publish = |client| Arc::new(Publisher::start(client, metrics.unpublished_events.clone()));
        let publisher = client.map(publish);
        let keeper = Arc::new(Keeper::new(limits.snapshot_events));
        let spine = Arc::new(Spine {
            pool: pools.write.clone(),
            queues: Queues::new(limits.project_queue, metrics.waiting_commands.clone()),
            listeners: listeners(&rooms, publisher.clone(), &sources, &keeper),
            work: work.clone(),
            commands: metrics.commands.clone(),
            transactions: metrics.transactions.clone(),
        });
        let hints = FeedHints::new(rooms.connected.clone(), publisher.clone());
        let page_files = PageFiles::open(pools.jobs, pools.read.clone(), work.clone());
        let (rules, store) = (settings.people.clone(), (pools.write.clone(), pools.read));
        Ok(Engine {
            filters: Filters::open(pools.write.clone(), work.clone()),
            inbox: Inbox::open(pools.write, hints.clone(), work.clone()),
            people: People::open(rules, store, spine.clone(), hints, work.clone())?,
            page_files,
            spine,
            sources,
            rooms,
            publisher,
            keeper,
            redis,
            settings,
            work,
            metrics,
        })
    }

    /// Decides and writes a submission, with whatever else waits for its project.
    ///
    /// # Errors
    /// See [`ExecuteError`]; within the deadline of a request in any case.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the answer, not the submission.
    pub async fn submit(&self, submission: Submission) -> Result<Answer, ExecuteError> {
        execute::submit(&self.spine, submission).await
    }

    /// Makes a project, or finds that this very command has made it before.
    ///
    /// # Errors
    /// See [`ExecuteError`].
    ///
    /// # Cancel safety
    /// Dropping the future leaves the task running to its end.
    pub async fn create_project(
        &self,
        caller: Caller,
        id: ProjectId,
        command_id: CommandId,
        command: CreateProject,
    ) -> Result<Outcome, ExecuteError> {
        execute::create_project(&self.spine, caller, id, command_id, command).await
    }

    /// Answers a question, within the deadline of a request.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read<Q: Question>(&self, question: Q) -> Result<Q::Answer, ReadError> {
        self.read_shown(question, |answer| answer).await
    }

    /// The same, with `show` run where the answer was read: threads that own sockets have no time for large answers.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read_shown<Q: Question, T: Send + 'static>(
        &self,
        question: Q,
        show: impl FnOnce(Q::Answer) -> T + Send + 'static,
    ) -> Result<T, ReadError> {
        let sources = self.sources.clone();
        self.work.run(async move { Ok(show(question.answer(&sources).await?)) }).await
    }

    /// Lets a client of this thread's hub into a room. Nothing is sent before [`rooms::begin`].
    ///
    /// # Errors
    /// [`NotJoined`].
    pub async fn join(
        &self,
        client: &Rc<Client>,
        project: ProjectId,
        position: Option<Position>,
    ) -> Result<Admitted, NotJoined> {
        rooms::admit(&self.hub(), client, project, position).await
    }

    /// Says something to the others in a room that the client is in. Nothing of it is stored.
    ///
    /// # Errors
    /// [`NotInRoom`].
    pub fn say(&self, client: &Client, project: ProjectId, data: Bytes) -> Result<(), NotInRoom> {
        rooms::say(&self.hub(), self.publisher.as_deref(), client, project, data)
    }

    /// Everybody in a room that the client is in, on all instances.
    ///
    /// # Errors
    /// [`NotKnown`].
    pub async fn present(&self, client: &Client, project: ProjectId) -> Result<Vec<ClientInfo>, NotKnown> {
        rooms::present(&self.rooms, client, project).await
    }

    /// The connections that this thread owns. The thread runs a [`tokio::task::LocalSet`].
    pub fn hub(&self) -> Rc<Hub> {
        rooms::hub(&self.rooms)
    }

    /// How Postgres and Redis are.
    pub async fn health(&self) -> Health {
        health::look(&self.sources.pools, &self.settings.primary, self.redis.as_ref()).await
    }

    /// What this engine counts.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// How many clients are connected.
    pub fn connected(&self) -> i64 {
        self.metrics.sockets.get()
    }

    /// Starts the background chores: storing snapshots that are due, deleting rows that are no longer needed, leaving the
    /// projects of deleted accounts, and filling in what texts are found by. They stop
    /// when the returned set is dropped.
    pub fn keep_house(&self) -> JoinSet<()> {
        let mut chores = JoinSet::new();
        let (pools, keeper) = (self.sources.pools.clone(), self.keeper.clone());
        chores.spawn_on(async move { history::keep(&keeper, &pools).await }, self.work.runtime());
        let (pools, days) = (self.sources.pools.clone(), self.settings.limits.result_days);
        chores.spawn_on(async move { sweep::hourly(&pools, days).await }, self.work.runtime());
        chores.spawn_on(self.people.departures(), self.work.runtime());
        let pools = self.sources.pools.clone();
        chores.spawn_on(async move { words::fill(&pools).await }, self.work.runtime());
        chores
    }

    /// Begins to end every connection of this instance; clients connect again elsewhere.
    pub fn shut_down(&self) {
        self.rooms.shut_down();
        self.work.close();
    }

    /// Returns when no work that was begun for a caller runs any more. Only after [`Engine::shut_down`].
    pub async fn ended(&self) {
        self.work.ended().await;
    }

    /// How many pieces of work run that were begun for callers.
    pub fn running(&self) -> usize {
        self.work.running()
    }
}

/// Everybody who hears of a commit, in this order.
fn listeners(
    rooms: &Arc<Rooms>,
    publisher: Option<Arc<Publisher>>,
    sources: &Sources,
    keeper: &Arc<Keeper>,
) -> Listeners {
    let publisher = publisher.map(|publisher| publisher as Arc<dyn Listener>);
    let mut listeners: Vec<Arc<dyn Listener>> = vec![rooms.clone()];
    listeners.extend(publisher);
    listeners.extend([sources.lists.clone() as Arc<dyn Listener>, keeper.clone(), rooms.connected.clone()]);
    Listeners::new(listeners)
}

/// What is read from.
fn sources(
    settings: &Settings,
    pools: &Pools,
    redis: Option<&Redis>,
    metrics: &Metrics,
    work: &Work,
) -> Sources {
    let limits = &settings.limits;
    let cached = &metrics.cache;
    let connection = || redis.map(|redis| RedisConnection::new(redis.clone(), cached.clone()));
    let shared = connection().zip(connection()).map(|(quick, large)| Shared::new(quick, large));
    let replica = settings.replica.as_ref().map(|replica| {
        let outcomes = metrics.replica_reads.clone();
        let (reads, builds) = (settings.pools.read, settings.pools.snapshot);
        Arc::new(Replica::new(replica, reads, builds, limits.request / 2, outcomes))
    });
    let built_from = BuiltFrom {
        read: pools.read.clone(),
        replica: replica.clone(),
        build: pools.snapshot.clone(),
        builds: settings.pools.snapshot,
    };
    let runtime = work.runtime().clone();
    let snapshots = Arc::new(Snapshots::new(built_from, shared, limits, cached.clone(), runtime));
    let lists = Arc::new(ProjectLists::new(connection(), cached.clone()));
    Sources { pools: pools.clone(), replica, snapshots, lists }
}
