using DrOrchestrator.Availability;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>A database, a spool in front of it, and faults between them.</summary>
internal sealed class SpoolBench : ISpoolTarget, IDisposable
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDatabase _temporary;
    private readonly long _limit;
    private readonly SpoolTarget _target;

    public SpoolBench(long limit = 1024 * 1024, MigratedPostgres? server = null)
    {
        _limit = limit;
        _temporary = new TemporaryDatabase(server);
        Clock = new ProcessClock(Time);
        Evidence = new SqlEvidenceStore(
            _temporary.Gate, Clock, new EvidenceKeyFile(Path.Combine(_temporary.Folder, "evidence.key")), new SqlEvidenceArchive(_temporary.Database));
        _target = new SpoolTarget(_temporary.Gate, Evidence);
        Writes = Open();
    }

    public FakeTimeProvider Time { get; } = new(T0);

    public ProcessClock Clock { get; }

    public SqlEvidenceStore Evidence { get; }

    public SpooledWrites Writes { get; private set; }

    public string SpoolPath => Path.Combine(_temporary.Folder, "spool", "observations");

    /// <summary>What happens to an attempt, by its number from 0; everything works where it is null.</summary>
    public Func<int, Fault>? Faults { get; set; }

    public int Attempts { get; private set; }

    public SqlTimelineStore Database => new(_temporary.Database, _temporary.Gate);

    public SqlProbeMinuteStore DatabaseMinutes => new(_temporary.Database, _temporary.Gate);

    public SqlExposureStore DatabaseExposures => new(_temporary.Database, _temporary.Gate);

    public SqlSynchronyStore DatabaseSynchrony => new(_temporary.Database, _temporary.Gate);

    public SpooledTimelineStore Timelines => new(Database, new Lazy<SpooledWrites>(Writes), Reads);

    /// <summary>Waits as long as it takes: whoever is away throws.</summary>
    public static PromptReads Reads { get; } = new(TimeProvider.System, null, NullLogger<PromptReads>.Instance);

    public async Task ApplyAsync(IReadOnlyList<SpoolRecord> records)
    {
        var fault = Faults?.Invoke(Attempts++) ?? Fault.None;
        if (fault == Fault.Lost)
        {
            throw new IOException("the database is away");
        }

        await _target.ApplyAsync(records);
        if (fault == Fault.Kept)
        {
            throw new IOException("the connection broke during the commit");
        }
    }

    /// <summary>The process dies and another begins: only what is on disk is left.</summary>
    public void Restart()
    {
        Writes.Dispose();
        Writes = Open();
    }

    /// <summary>As above, and what is on disk is no longer what was written.</summary>
    public void Damage(Action<byte[]> how)
    {
        Writes.Dispose();
        var bytes = File.ReadAllBytes(SpoolPath);
        how(bytes);
        File.WriteAllBytes(SpoolPath, bytes);
        Writes = Open();
    }

    public static TimelineChange Change(string subject, IntervalState state, double seconds) => new(subject, state, EdgeAt(seconds), $"at {seconds}");

    public static Edge EdgeAt(double seconds) => new(T0.AddSeconds(seconds - 1), T0.AddSeconds(seconds), T0.AddSeconds(seconds + 1));

    public void Dispose()
    {
        Writes.Dispose();
        _temporary.Dispose();
    }

    private SpooledWrites Open() => new(
        this,
        new SpoolFile(SpoolPath, _limit),
        Options.Create(new SpoolOptions()),
        Clock,
        NullLogger<SpooledWrites>.Instance);

    public enum Fault
    {
        None,

        /// <summary>Failed, and nothing of it is there.</summary>
        Lost,

        /// <summary>Failed, and it is there all the same.</summary>
        Kept,
    }
}
