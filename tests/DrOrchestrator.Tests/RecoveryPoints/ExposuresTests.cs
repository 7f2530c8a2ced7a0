using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.RecoveryPoints;

public sealed class ExposuresTests : IServingSites, IAsyncLifetime
{
    private readonly TemporaryDatabase _temporary = new();
    private readonly ProcessClock _clock = new(TimeProvider.System);
    private readonly PositionsReader _reader;
    private readonly ExposureHistory _history;
    private readonly Dictionary<string, string> _status = new()
    {
        ["primary"] = Status("primary", 100),
        ["dr"] = Status("standby", 100),
    };

    private readonly TcpTarget _primary;
    private readonly TcpTarget _dr;
    private string _serving = "primary";

    public ExposuresTests()
    {
        _reader = new PositionsReader(_clock);
        _history = new ExposureHistory(new SqlExposureStore(_temporary.Database, _temporary.Gate), new SqlSynchronyStore(_temporary.Database, _temporary.Gate));
        (_primary, _dr) = (Serve("primary"), Serve("dr"));
    }

    public string ServingSiteOf(string system) => _serving;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _primary.DisposeAsync();
        await _dr.DisposeAsync();
        _reader.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task ReadNowAsync_BothAnswer_ComparesThem()
    {
        var exposure = await Create(TimeSpan.FromSeconds(10)).ReadNowAsync("ledger", "dr", default);

        exposure.Should().BeEquivalentTo(new { System = "s", Standby = "dr", Value = TimeSpan.Zero, Replication = ReplicationState.Protected });
    }

    [Fact]
    public async Task ReadNowAsync_SidesChanged_ReadsTheOtherOneFirst()
    {
        var exposures = Create(TimeSpan.FromSeconds(10));
        await exposures.ReadNowAsync("ledger", "dr", default);
        (_status["primary"], _status["dr"]) = (Status("standby", 100, epoch: 2), Status("primary", 100, epoch: 2));

        _serving = "dr";

        exposures.Current("s", "dr").Should().BeNull("it serves");
        exposures.Current("s", "primary")!.Reason.Should().Be("not read yet");
        (await exposures.ReadNowAsync("ledger", "primary", default)).Value.Should().Be(TimeSpan.Zero);
        await exposures.Invoking(e => e.ReadNowAsync("ledger", "dr", default)).Should().ThrowAsync<ArgumentException>()
            .WithMessage("recovery point 'ledger' has no standby 'dr' while dr serves*");
    }

    [Fact]
    public async Task Current_ReadingExpired_IsUnknownNeverTheLastGoodValue()
    {
        var exposures = Create(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        _status["dr"] = Status("standby", 100);
        await exposures.ReadNowAsync("ledger", "dr", default);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        var current = exposures.Current("s", "dr")!;

        current.Should().BeEquivalentTo(new { Value = (TimeSpan?)null, Highest = (TimeSpan?)null, Replication = ReplicationState.Unknown });
        current.Reason.Should().StartWith("the newest reading is ");
    }

    [Fact]
    public void Current_NoRecoveryPointDeclared_IsNull() => Create(TimeSpan.FromSeconds(1)).Current("other", "dr").Should().BeNull();

    [Theory]
    [InlineData("{}", "the status of dr is not {role, epoch, position, received, connected}*")]
    [InlineData("<html>", "the status of dr is not {role, epoch, position, received, connected}*")]
    [InlineData("[1]", "the status of dr is not {role, epoch, position, received, connected}*")]
    [InlineData("""{"role":"standby","epoch":"one","position":1,"received":1,"connected":true}""", "the status of dr is not {role, epoch, position, received, connected}*")]
    public async Task ReadNowAsync_AnswerOfAnotherForm_IsUnknown(string status, string reason)
    {
        _status["dr"] = status;

        var exposure = await Create(TimeSpan.FromSeconds(10)).ReadNowAsync("ledger", "dr", default);

        exposure.Replication.Should().Be(ReplicationState.Unknown);
        exposure.Reason.Should().Match(reason);
    }

    [Fact]
    public async Task ReadNowAsync_PrimaryGone_SaysWhatWouldBeLost()
    {
        var exposures = Create(TimeSpan.FromSeconds(10));
        await exposures.ReadNowAsync("ledger", "dr", default);
        await _primary.DisposeAsync();

        var exposure = await exposures.ReadNowAsync("ledger", "dr", default);

        exposure.Replication.Should().Be(ReplicationState.NotProtected);
        exposure.Lowest.Should().Be(TimeSpan.Zero);
        exposure.Highest.Should().BePositive();
        exposure.Reason.Should().Contain("lost if promoted now: 0s to ");
    }

    [Fact]
    public async Task WorstSeconds_AfterARestart_StillKnowsTheWorst()
    {
        var second = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        Add(second, 1.5, ReplicationState.Protected);
        Add(second.AddSeconds(0.5), 4.25, ReplicationState.Protected);
        await _history.FlushAsync(default);
        Add(second.AddSeconds(0.9), 3, ReplicationState.NotProtected);
        await _history.FlushAsync(default);
        Add(second.AddSeconds(5), 9, ReplicationState.Protected);
        await _history.FlushAsync(default);
        _temporary.Reopen();
        IExposureHistory restarted = new ExposureHistory(new SqlExposureStore(_temporary.Database, _temporary.Gate), new SqlSynchronyStore(_temporary.Database, _temporary.Gate));

        restarted.WorstSeconds("s", "dr", second, second.AddSeconds(5)).Should().Be(4.25);
        restarted.WorstSeconds("s", "dr", second, second.AddSeconds(6)).Should().Be(9);
        restarted.WorstSeconds("s", "dr", second.AddSeconds(1), second.AddSeconds(5)).Should().BeNull();
        restarted.Worst("s", "dr", second, second.AddSeconds(6)).Should().Be(new ExposureWorst(9, 2, 1, 0));
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2, 3 }, 6, 0)]
    [InlineData(new[] { 0, 3 }, 6, 0)] // the reading of second 0 is good for two seconds more
    [InlineData(new[] { 0, 8 }, 10, 5)]
    [InlineData(new[] { 4 }, 10, 7)]
    [InlineData(new int[0], 10, 10)]
    [InlineData(new[] { -2, 9 }, 10, 8)] // one from before the window still speaks for its beginning
    public void Worst_SecondsNobodyLooked_AreUnknown(int[] seconds, int length, long unseen)
    {
        var from = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        foreach (var second in seconds)
        {
            Add(from.AddSeconds(second), 0.5, ReplicationState.Protected);
        }

        var validity = TimeSpan.FromSeconds(2);

        _history.Worst("s", "dr", from, from.AddSeconds(length), validity).UnknownSeconds.Should().Be(unseen);
    }

    [Fact]
    public async Task WorstSeconds_NotWrittenYet_CountsAlready()
    {
        var second = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        Add(second, 2, ReplicationState.Protected);

        ((IExposureHistory)_history).WorstSeconds("s", "dr", second, second.AddSeconds(1)).Should().Be(2);
        await _history.FlushAsync(default);
        ((IExposureHistory)_history).WorstSeconds("s", "dr", second, second.AddSeconds(1)).Should().Be(2);
    }

    [Fact]
    public async Task WorstSeconds_LongAgo_IsReadFromTheMinutes()
    {
        var second = new DateTimeOffset(2026, 3, 1, 8, 0, 10, TimeSpan.Zero);
        Add(second, 7, ReplicationState.NotProtected);
        await _history.FlushAsync(default);
        Add(second.AddDays(2), 1, ReplicationState.Protected);
        await _history.FlushAsync(default);

        _history.Worst("s", "dr", second.AddSeconds(-5), second.AddSeconds(5)).Should().Be(new ExposureWorst(7, 1, 1, 0));
        _history.Worst("s", "dr", second.AddDays(-1), second.AddDays(3)).Should().Be(new ExposureWorst(7, 2, 1, 0));
    }

    private void Add(DateTimeOffset at, double seconds, ReplicationState state)
    {
        var value = TimeSpan.FromSeconds(seconds);
        _history.Add(new Exposure("s", "dr", value, value, value, state, at, at, ""), at);
    }

    private static string Status(string role, long position, long epoch = 1) =>
        $$"""{"role":"{{role}}","epoch":{{epoch}},"position":{{position}},"received":{{position}},"connected":true,"fork":null}""";

    private TcpTarget Serve(string site) => new(async (stream, token) =>
    {
        while ((await TcpTarget.ReadRequestAsync(stream, token)).Length > 0)
        {
            var body = _status[site];
            await TcpTarget.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}", token);
        }
    });

    private Exposures Create(TimeSpan interval, TimeSpan? timeout = null)
    {
        var sites = new Dictionary<string, Uri> { ["primary"] = new(_primary.Url, "status"), ["dr"] = new(_dr.Url, "status") };
        var definition = new RecoveryPointDefinition("ledger", "s", interval, timeout ?? TimeSpan.FromSeconds(10), new PositionsSettings(sites));
        return new Exposures(new EstateHolder(new Estate("e", "", "", false, [], [], [], [], [definition], [], [], [])), this, new RecoveryPointKinds([_reader], []), _history, _clock);
    }
}
