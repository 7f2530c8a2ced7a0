using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.RecoveryPoints.Moments;

public sealed class FilesMomentReaderTests : IDisposable
{
    private static readonly MomentFormat ByDay = new("yyyyMMdd-HHmm", TimeZoneInfo.Utc);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
    private readonly FilesMomentReader _reader = new(new ProcessClock(TimeProvider.System));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ReadAsync_NameWithADate_TakesTheNewestByWhatItRepresentsNotByWhenItWasWritten()
    {
        Write("ledger-20260301-0200.dump");
        Write("ledger-20260302-0200.dump", modified: new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Write("ledger-20260303-0200.dump.part"); // still being written
        Write("ledger-20260304-0200.dump", "");
        Write("cards-20260305-0200.dump");
        Write("ledger-20269999-0200.dump");

        var read = (MomentResult.Read)await ReadAsync(@"^ledger-(?<time>\d{8}-\d{4})\.dump(\.part)?$");

        read.Represents.Should().Be(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        read.What.Should().Be("ledger-20260302-0200.dump");
        read.Notes.Should().Equal("3 matching files are incomplete, empty or without a moment and do not count");
    }

    [Fact]
    public async Task ReadAsync_Manifest_TakesTheMomentInIt()
    {
        Write("a.json", """{"backup":{"consistentAt":"2026-03-01T02:00:00Z"}}""");
        Write("b.json", """{"backup":{"consistentAt":"2026-03-02T02:00:00Z"}}""");
        Write("c.json", """{"backup":{}}""");
        Write("d.json", "no json");

        var read = (MomentResult.Read)await ReadAsync(@"\.json$", new MomentFormat(MomentFormat.Rfc3339, TimeZoneInfo.Utc), manifest: "backup.consistentAt");

        read.What.Should().Be("b.json");
        read.Notes.Single().Should().StartWith("2 matching files");
    }

    [Fact]
    public async Task ReadAsync_TimeOfTheFileOnlyWhenTold_IsTaken()
    {
        Write("a.dump", modified: new DateTime(2026, 3, 1, 2, 0, 0, DateTimeKind.Utc));

        (await ReadAsync(@"\.dump$", modified: true)).Should().BeOfType<MomentResult.Read>().Which.Represents.Should().Be(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task ReadAsync_DumpThatIsBeingWritten_CountsOnceTwoLooksFindItUnchanged()
    {
        Write("a.dump", modified: new DateTime(2026, 3, 1, 2, 0, 0, DateTimeKind.Utc));
        (await LookAsync(@"\.dump$", modified: true)).Should().BeOfType<MomentResult.Failed>()
            .Which.Reason.Should().Be($"the folder {_folder} holds no copy that counts; 1 matching files were not yet found unchanged by two looks and do not count");
        (await LookAsync(@"\.dump$", modified: true)).Should().BeOfType<MomentResult.Read>();

        foreach (var (content, minute) in new[] { ("x", 0), ("xx", 0), ("xx", 1) })
        {
            Write("b.dump", content, new DateTime(2026, 3, 2, 2, minute, 0, DateTimeKind.Utc));
            var read = (MomentResult.Read)await LookAsync(@"\.dump$", modified: true);
            read.What.Should().Be("a.dump");
            read.Notes.Should().Equal("1 matching files were not yet found unchanged by two looks and do not count");
        }

        ((MomentResult.Read)await LookAsync(@"\.dump$", modified: true)).What.Should().Be("b.dump");
    }

    [Fact]
    public async Task ReadAsync_DumpThatDiedHalfWay_DoesNotCountWithoutItsMarker()
    {
        Write("ledger-20260301-0200.dump", modified: Noon);
        Write("ledger-20260301-0200.dump.done", "", Noon);
        Write("ledger-20260302-0200.dump", modified: Noon);
        Write("ledger-20260303-0200.dump", modified: Noon.AddMinutes(1));
        Write("ledger-20260303-0200.dump.done", "", Noon);

        var read = (MomentResult.Read)await LookAsync(ByName with { Marker = ".done" });

        read.What.Should().Be("ledger-20260301-0200.dump", "it has its marker, and counts at once");
        read.Notes.Should().Equal("2 matching files have no .done beside them that is as new and do not count");
    }

    [Fact]
    public async Task ReadAsync_NothingHasItsMarker_IsEmpty()
    {
        Write("ledger-20260301-0200.dump");

        (await LookAsync(ByName with { Marker = ".sha256" })).Should().BeOfType<MomentResult.Empty>()
            .Which.Reason.Should().Be($"the folder {_folder} holds no copy that counts; 1 matching files have no .sha256 beside them that is as new and do not count");
    }

    [Fact]
    public async Task ReadAsync_CopyMustRest_CountsOnlyAfterIt()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(Noon));
        var reader = new FilesMomentReader(new ProcessClock(time));
        Write("ledger-20260301-0200.dump", modified: Noon);
        var settings = ByName with { UnchangedFor = TimeSpan.FromMinutes(10) };
        await reader.ReadAsync(Point(settings), default);
        time.Advance(TimeSpan.FromMinutes(9));
        (await reader.ReadAsync(Point(settings), default)).Should().BeOfType<MomentResult.Failed>()
            .Which.Reason.Should().Be($"the folder {_folder} holds no copy that counts; 1 matching files were not yet found unchanged for 600s and do not count");

        time.Advance(TimeSpan.FromMinutes(1));

        (await reader.ReadAsync(Point(settings), default)).Should().BeOfType<MomentResult.Read>();
    }

    [Fact]
    public async Task ReadAsync_Manifest_CountsAtOnce()
    {
        Write("a.json", """{"at":"2026-03-01T02:00:00Z"}""");

        (await LookAsync(@"\.json$", new MomentFormat(MomentFormat.Rfc3339, TimeZoneInfo.Utc), manifest: "at")).Should().BeOfType<MomentResult.Read>();
    }

    [Fact]
    public async Task ReadAsync_NothingThatCounts_IsEmpty()
    {
        Write("ledger-20260301-0200.dump", "");

        (await ReadAsync(@"^ledger-(?<time>\d{8}-\d{4})")).Should().BeOfType<MomentResult.Empty>()
            .Which.Reason.Should().Be($"the folder {_folder} holds no copy that counts; 1 matching files are incomplete, empty or without a moment and do not count");
    }

    [Fact]
    public async Task ReadAsync_FolderMissing_IsAFailure() =>
        (await ReadAsync(".", folder: "/nowhere/at/all")).Should().BeOfType<MomentResult.Failed>().Which.Reason.Should().Be("the folder /nowhere/at/all cannot be read (DirectoryNotFoundException)");

    private static DateTime Noon { get; } = new(2026, 3, 4, 12, 0, 0, DateTimeKind.Utc);

    private FilesPointSettings ByName => new("dr", _folder, @"^ledger-(?<time>\d{8}-\d{4})\.dump", ByDay, null, false);

    private static RecoveryPointDefinition Point(FilesPointSettings settings) => new("dumps", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30), settings);

    private Task<MomentResult> LookAsync(FilesPointSettings settings) => _reader.ReadAsync(Point(settings), default);

    private void Write(string name, string content = "x", DateTime? modified = null)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        if (modified is { } time)
        {
            File.SetLastWriteTimeUtc(path, time);
        }
    }

    private async Task<MomentResult> ReadAsync(string name, MomentFormat? format = null, string? manifest = null, bool modified = false, string? folder = null)
    {
        await LookAsync(name, format, manifest, modified, folder);
        return await LookAsync(name, format, manifest, modified, folder);
    }

    private Task<MomentResult> LookAsync(string name, MomentFormat? format = null, string? manifest = null, bool modified = false, string? folder = null) => _reader.ReadAsync(
        new RecoveryPointDefinition("dumps", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30), new FilesPointSettings("dr", folder ?? _folder, name, format ?? ByDay, manifest, modified)),
        default);
}
