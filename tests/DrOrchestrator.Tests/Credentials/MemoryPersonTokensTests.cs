using DrOrchestrator.Credentials;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Credentials;

public sealed class MemoryPersonTokensTests : PersonTokensContract
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));
    private readonly MemoryPersonTokens _tokens;

    public MemoryPersonTokensTests() => _tokens = new MemoryPersonTokens(new ProcessClock(_time));

    protected override IPersonTokens Tokens => _tokens;

    protected override IPersonTokens Other => _tokens;

    protected override DateTimeOffset Now => _time.GetUtcNow();

    protected override Task<IReadOnlyList<(string Kind, string Actor, string Payload)>> EvidenceAsync() =>
        Task.FromResult<IReadOnlyList<(string, string, string)>>([.. _tokens.Evidence.Select(record => (record.Kind, record.Actor, ""))]);

    public override void Dispose() => GC.SuppressFinalize(this);
}
