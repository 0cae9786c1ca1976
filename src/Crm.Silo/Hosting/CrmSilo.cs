using System.Security.Cryptography;
using Crm.Runtime;
using Crm.Runtime.Archive;
using Crm.Runtime.Clocks;
using Crm.Runtime.Effects;
using Crm.Runtime.Embedded;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.Live;
using Crm.Runtime.Reactions;
using Crm.Runtime.Sharing;
using Crm.Runtime.Sqlite;
using Crm.Silo.Audit;
using Crm.Silo.Commands;
using Crm.Silo.Exports;
using Crm.Silo.Files;
using Crm.Silo.Funnel;
using Crm.Silo.Handovers;
using Crm.Silo.Imports;
using Crm.Silo.Leads;
using Crm.Silo.Live;
using Crm.Silo.Pipelines;
using Crm.Silo.Policies;
using Crm.Silo.Privacy;
using Crm.Silo.Queries;
using Crm.Silo.Reactions;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Hosting;

/// <summary>How a silo is set up.</summary>
public sealed record SiloOptions
{
    /// <summary>Opens the store for the kinds of grains there are. The silo closes it.</summary>
    public required Func<IReadOnlyList<ISliceBehaviour>, CancellationToken, ValueTask<IGrainStore>> OpenStore { get; init; }

    /// <summary>What this process keeps for itself: files that are on their way, anchors, and files for good unless <see cref="OpenFiles"/> says otherwise.</summary>
    public required string Folder { get; init; }

    /// <summary>Opens the place where files are kept for good, which every process of the installation must see; null for a folder in <see cref="Folder"/>.</summary>
    public Func<TimeProvider, CancellationToken, ValueTask<IFileStore>>? OpenFiles { get; init; }

    public FileLimits FileLimits { get; init; } = new();

    /// <summary>How old entries of the journal are when they are archived; null for never.</summary>
    public TimeSpan? ArchiveAfter { get; init; }

    /// <summary>Makes what runs the grains; null for <see cref="EmbeddedEngine"/>. The silo drains and disposes it.</summary>
    public Func<IGrainStore, SliceDirectory, TimeProvider, IGrainEngine>? MakeEngine { get; init; }

    /// <summary>Makes what says which of the background work is done here; null for all of it. Whoever made it starts and disposes it.</summary>
    public Func<IGrainStore, TimeProvider, IWorkShare>? MakeShare { get; init; }

    /// <summary>Makes what tells the other processes of an installation what is in memory only; null when there are none.</summary>
    public Func<INoticeBoard>? MakeNotices { get; init; }

    public LiveOptions Live { get; init; } = new();

    public IReadOnlyList<IEffectHandler> Effects { get; init; } = [];

    /// <summary>A silo whose data is a SQLite file of its own.</summary>
    public static SiloOptions On(SqliteOptions store) => new()
    {
        OpenStore = (slices, _) => ValueTask.FromResult<IGrainStore>(SqliteStore.Open(store, slices)),
        Folder = store.Folder,
    };
}

/// <summary>All of the server but its doors: the store, the engine, and everything that reads, reacts and shows.</summary>
public sealed class CrmSilo : IAsyncDisposable
{
    private readonly IGrainEngine _engine;
    private readonly ClockService _clocks;
    private readonly EffectRunner _effects;
    private LiveRenewal? _renewal;

    private CrmSilo(SiloOptions options, TimeProvider time, TenantDirectory tenants, AccessDirectory access, SliceDirectory slices, IGrainStore store, IFileStore files, byte[] key)
    {
        (Tenants, Access, Slices, Store, Time) = (tenants, access, slices, store, time);
        Notices = options.MakeNotices?.Invoke() ?? SilentBoard.Instance;
        access.Follow(store, slices);
        var share = new TenantShare(options.MakeShare?.Invoke(store, time) ?? WholeShare.Instance, tenants);
        _engine = options.MakeEngine?.Invoke(store, slices, time) ?? new EmbeddedEngine(store, slices.All, time);
        _clocks = new(store, _engine, slices.All, time, share);
        _effects = new(store, options.Effects, time, share);
        Exchange = new(store, time, options.Live);
        Commands = new(_engine, slices, access);
        AccessDesk = new(store, slices, access);
        Cards = new(store, new CursorCodec(key), access, tenants);
        Pipelines = new(store, slices);
        Leads = new(Commands, store, Cards, slices, access);
        Funnels = new(store, slices, Pipelines, tenants, access, time);
        Boards = new(store, slices, access);
        MyDays = new(store, slices, tenants, access, time);
        Topics = new(slices, Cards, Funnels, Boards, MyDays, Pipelines, access, tenants);
        Policies = new(store, slices);
        Audit = new(store, slices, access);
        Compliance = new(store, slices);
        AccessNotes = new(Commands, tenants, time);
        Sentinel = new(Commands, store, slices, access, Policies, tenants, AccessNotes, time, Notices);
        Cards.ShownOfOthers = Sentinel.Note;
        FileStore = files;
        Archive = new(store, files);
        Archiver = new(store, files, Archive, options.ArchiveAfter, time, share);
        FileRoom = new(store, tenants, files, options.FileLimits, time);
        Files = new(Commands, Cards, AccessDesk, store, slices, files, new FileLinks(key, time), FileRoom, options.FileLimits, time);
        FileKeeper = new(store, slices, files, time, share);
        var scratch = new Scratch(Path.Combine(options.Folder, "scratch"), time);
        var exports = new ExportFiles(files, scratch);
        Exports = new(Commands, Cards, store, slices, access, Policies, tenants, exports, time);
        ExportRunner = new(Commands, Cards, store, slices, access, tenants, exports, time, share);
        var imports = new ImportFiles(files, scratch);
        Imports = new(Commands, access, imports);
        ImportHistory = new(store);
        ImportRunner = new(Commands, Leads, store, slices, imports, time, share);
        TenantDesk = new(Commands, store, slices, tenants, access, files, FileRoom, scratch);
        Handovers = new(Commands, store, slices, access);
        HandoverRunner = new(Commands, store, slices, time, share);
        Conversion = new(new Conversion(Commands, store, slices, tenants), store, time, share);
        Followers = new(new CustomerFollowers(Commands, store, slices), store, time, share);
        Formulas = new(new FormulaFollowers(Commands, store, slices), store, time, share);
        Erasures = new(new Erasures(Commands, store, slices, Files, files, Archive), store, time, share);
        Anchors = new(store, options.Folder, time, share);
    }

    /// <summary>What something that works in the background threw and survived: for the log.</summary>
    public event Action<Exception>? Faulted;

    public TimeProvider Time { get; }

    /// <summary>What the processes of an installation tell each other of what each keeps in memory only.</summary>
    public INoticeBoard Notices { get; }

    public TenantDirectory Tenants { get; }

    /// <summary>Who may do what.</summary>
    public AccessDirectory Access { get; }

    public AccessDesk AccessDesk { get; }

    public SliceDirectory Slices { get; }

    public IGrainStore Store { get; }

    public CommandDesk Commands { get; }

    public CardDesk Cards { get; }

    public PipelineDirectory Pipelines { get; }

    public LeadDesk Leads { get; }

    public FunnelDesk Funnels { get; }

    public BoardDesk Boards { get; }

    public MyDayDesk MyDays { get; }

    public LiveTopics Topics { get; }

    public LiveExchange Exchange { get; }

    public ImportDesk Imports { get; }

    public ImportHistory ImportHistory { get; }

    public ImportRunner ImportRunner { get; }

    public TenantDesk TenantDesk { get; }

    public HandoverDesk Handovers { get; }

    public HandoverRunner HandoverRunner { get; }

    /// <summary>What an organisation lets out.</summary>
    public PolicyDirectory Policies { get; }

    public ExportDesk Exports { get; }

    public ExportRunner ExportRunner { get; }

    /// <summary>Notes what is read and tried.</summary>
    public AccessNotes AccessNotes { get; }

    /// <summary>Notices unusual reading.</summary>
    public Sentinel Sentinel { get; }

    public AuditDesk Audit { get; }

    public ComplianceDesk Compliance { get; }

    public FileDesk Files { get; }

    /// <summary>How much the files of tenants take and may take.</summary>
    public FileRoom FileRoom { get; }

    public FileKeeper FileKeeper { get; }

    /// <summary>Copies of the journals, apart from the store.</summary>
    public JournalArchive Archive { get; }

    public Archiver Archiver { get; }

    /// <summary>Where files are kept for good.</summary>
    public IFileStore FileStore { get; }

    /// <summary>Makes what converted leads become.</summary>
    public ReactionRunner Conversion { get; }

    public ReactionRunner Followers { get; }

    /// <summary>Reckons formulas that are new or changed for the records that are there.</summary>
    public ReactionRunner Formulas { get; }

    /// <summary>Empties the journal behind people who were erased.</summary>
    public ReactionRunner Erasures { get; }

    /// <summary>Tells outside the store where the chains end.</summary>
    public Anchors Anchors { get; }

    /// <summary>Every reaction, for those who watch over them.</summary>
    public IReadOnlyList<ReactionRunner> Reactions => [Conversion, Followers, Formulas, Erasures];

    /// <summary>Grains in memory, and commands that wait.</summary>
    public (int Active, int Waiting) Load => (_engine.ActiveCount, _engine.WaitingCount);

    /// <summary>Opens the store and starts everything.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has the data.</exception>
    /// <exception cref="SchemaTooNewException">A newer program wrote the data.</exception>
    public static async Task<CrmSilo> StartAsync(SiloOptions options, TimeProvider time, CancellationToken cancel)
    {
        var silo = await OpenAsync(options, time, cancel);
        await silo.BeginAsync(cancel);
        return silo;
    }

    /// <summary>
    /// Opens the store. Commands and reads work; what works by itself (clocks, reactions, effects, imports) waits for
    /// <see cref="BeginAsync"/>, so that history can be told before anything takes it for news.
    /// </summary>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task<CrmSilo> OpenAsync(SiloOptions options, TimeProvider time, CancellationToken cancel)
    {
        var tenants = new TenantDirectory();
        var access = new AccessDirectory();
        var slices = new SliceDirectory(new SliceBehaviours(tenants, access).Make());
        var store = await options.OpenStore(slices.All, cancel);
        try
        {
            await tenants.FollowAsync(store, slices.OfKind("tenant"), cancel);
            var files = options.OpenFiles is { } open ? await open(time, cancel) : FolderFileStore.Open(Path.Combine(options.Folder, "files"), time);
            return new(options, time, tenants, access, slices, store, files, await CursorKeyAsync(store, cancel));
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts what works by itself. Once.</summary>
    public async Task BeginAsync(CancellationToken cancel)
    {
        // one that stood by knows what was there when it opened
        await Tenants.ReadAsync(Store, Slices.OfKind("tenant"), cancel);
        Start();
        await ImportRunner.StartAsync(cancel);
        await ExportRunner.StartAsync(cancel);
    }

    /// <summary>Takes no more commands, finishes those taken, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), Time);
        await ImportRunner.DisposeAsync();
        await HandoverRunner.DisposeAsync();
        await ExportRunner.DisposeAsync();
        await FileKeeper.DisposeAsync();
        await Archiver.DisposeAsync();
        await Sentinel.DisposeAsync();
        await AccessNotes.DisposeAsync();
        await _clocks.DisposeAsync();
        foreach (var reaction in Reactions)
        {
            await reaction.DisposeAsync();
        }

        await _effects.DisposeAsync();
        if (_renewal is not null)
        {
            await _renewal.DisposeAsync();
        }

        try
        {
            await _engine.DrainAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // what is still waiting is answered as unknown when the store closes
        }

        await _engine.DisposeAsync();
        await Exchange.DisposeAsync();
        await Anchors.DisposeAsync();
        await Store.DisposeAsync();
    }

    private void Start()
    {
        Store.Faulted += Report;
        Exchange.Faulted += Report;
        _effects.Faulted += Report;
        _clocks.Faulted += Report;
        Exchange.Start();
        _renewal = new(Access, Exchange, Time);
        foreach (var reaction in Reactions)
        {
            reaction.Faulted += Report;
            reaction.Start();
        }

        Anchors.Faulted += Report;
        Anchors.Start();
        FileKeeper.Faulted += Report;
        FileKeeper.Start();
        Archiver.Faulted += Report;
        Archiver.Start();
        AccessNotes.Faulted += Report;
        AccessNotes.Start();
        Sentinel.Faulted += Report;
        Sentinel.Start();
        _effects.Start();
        _clocks.Start();
        HandoverRunner.Failed += (_, failure) => Report(failure);
        HandoverRunner.Start();
    }

    private void Report(Exception bug) => Faulted?.Invoke(bug);

    private static async Task<byte[]> CursorKeyAsync(IGrainStore store, CancellationToken cancel)
    {
        const string Name = "cursor-key";
        if (await store.ReadSecretAsync(Name, cancel) is { } known)
        {
            return known;
        }

        var made = RandomNumberGenerator.GetBytes(32);
        await store.WriteSecretAsync(Name, made, cancel);
        return made;
    }
}
