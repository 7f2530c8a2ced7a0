using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Command;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Probes.Command;

public sealed class RefusedCommandsTests : ILogger
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    [Fact]
    public async Task StartAsync_ProgramsOfTheEstate_AreWarnedAboutWhereNotAllowed()
    {
        var estate = Estate.None with { Probes = [Probe("good", "/usr/bin/env"), Probe("bad", "/usr/bin/id")] };

        await new RefusedCommands(new EstateHolder(estate), new AllowedCommands(["/usr/bin/env"]), new Typed(this)).StartAsync(default);

        _lines.Should().Equal((LogLevel.Warning, "Probe bad will see nothing: the program /usr/bin/id is not allowed by this server; start it with --allow-command /usr/bin/id."));
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Add((logLevel, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    private static ProbeDefinition Probe(string name, string program) => new(
        name, "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, new CommandProbeSettings(program, [], CommandExitCodes.Plain, null, ValueLimits.None));

    private sealed class Typed(ILogger inner) : ILogger<RefusedCommands>
    {
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
