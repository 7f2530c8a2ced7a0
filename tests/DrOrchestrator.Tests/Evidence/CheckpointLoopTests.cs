using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Evidence;

public sealed class CheckpointLoopTests : IDisposable
{
    private readonly SqliteEvidence _evidence = new();
    private readonly RecordingLogger _logger = new();
    private readonly ServiceProvider _services;

    public CheckpointLoopTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(_evidence.Database).AddSingleton(_evidence.Gate).AddSingleton(new ProcessClock(_evidence.Time));
        services.AddSingleton<ILogger<CheckpointLoop>>(_logger);
        services.AddEvidence(_evidence.Folder);
        _services = services.BuildServiceProvider();
    }

    private IEvidenceLog Log => _services.GetRequiredService<IEvidenceLog>();

    private IHostedService Loop => _services.GetServices<IHostedService>().Single(service => service is CheckpointLoop);

    public void Dispose()
    {
        _services.Dispose();
        _evidence.Dispose();
    }

    [Fact]
    public async Task StartAsync_FreshDataFolder_BeginsAndSignsTheLog()
    {
        await Loop.StartAsync(default);

        (await SizeAsync()).Should().Be(1);
        await Loop.StopAsync(default);
    }

    [Fact]
    public async Task ExecuteAsync_LogGrew_SignsAtTheNextTick()
    {
        await Loop.StartAsync(default);
        await Log.AppendAsync(new EvidenceDraft("server.started", "system", null, null, []), default);

        for (var i = 0; i < 10_000 && await SizeAsync() < 2; i++)
        {
            _evidence.Time.Advance(TimeSpan.FromSeconds(5)); // repeated, because the loop may not have asked for its first tick yet
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        (await SizeAsync()).Should().Be(2);
        await Loop.StopAsync(default);
    }

    [Fact]
    public async Task StopAsync_LogGrew_SignsTheLastRecords()
    {
        await Loop.StartAsync(default);
        await Log.AppendAsync(new EvidenceDraft("server.stopped", "system", null, null, []), default);

        await Loop.StopAsync(default);

        (await SizeAsync()).Should().Be(2);
    }

    [Fact]
    public async Task StartAsync_BrokenLog_ReportsItOnceAndStaysUp()
    {
        await _evidence.Store.CheckpointAsync(default);
        _evidence.Tamper("DROP TRIGGER evidence_record_no_delete; DELETE FROM evidence_record");

        await Loop.StartAsync(default);
        _evidence.Time.Advance(TimeSpan.FromSeconds(60));
        await Loop.StopAsync(default);

        _logger.Lines.Should().ContainSingle().Which.Should().StartWith(
            "Critical: The evidence log cannot be continued; nothing will be appended, so nothing will be done: The evidence log is empty, but was not before.");
    }

    private async Task<long> SizeAsync() => (await _services.GetRequiredService<IEvidenceArchive>().NewestCheckpointAsync(default)).Size;

    private sealed class RecordingLogger : ILogger<CheckpointLoop>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add($"{logLevel}: {formatter(state, exception)}");
            }
        }
    }
}
