using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Command;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Probes.Command;

public sealed class RefusedCommandsTests
{
    [Fact]
    public async Task StartAsync_ProgramsOfTheEstate_AreWarnedAboutWhereNotAllowed()
    {
        var estate = Estate.None with { Probes = [Probe("good", "/usr/bin/env"), Probe("bad", "/usr/bin/id")] };
        var log = new KeptLog();

        await new RefusedCommands(new EstateHolder(estate), new AllowedCommands(["/usr/bin/env"]), log).StartAsync(default);

        log.Lines.Should().Equal((LogLevel.Warning, "Probe bad will see nothing: the program /usr/bin/id is not allowed by this server; start it with --allow-command /usr/bin/id."));
    }

    private static ProbeDefinition Probe(string name, string program) => new(
        name, "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, new CommandProbeSettings(program, [], CommandExitCodes.Plain, null, ValueLimits.None));

    private sealed class KeptLog : ILogger<RefusedCommands>
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add((logLevel, formatter(state, exception)));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
