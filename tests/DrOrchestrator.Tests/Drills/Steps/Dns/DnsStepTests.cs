using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Dns;

namespace DrOrchestrator.Tests.Drills.Steps.Dns;

public sealed class DnsStepTests : IAsyncLifetime
{
    private const string Name = "pay.bank.test";

    private readonly FakeNameServer _server = new();
    private readonly StepBench _bench = new("");
    private readonly DnsStep _kind = new(TimeProvider.System);
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", $"dns-{Guid.NewGuid():N}")).FullName;
    private string _keyName = FakeNameServer.KeyName;

    public Task InitializeAsync()
    {
        _server.Has(Name, "10.1.0.7");
        return File.WriteAllTextAsync(Path.Combine(_folder, "key"), Convert.ToBase64String(FakeNameServer.Secret) + "\n");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Execute_RecordThatIsAsExpected_IsChangedAndTakenBack()
    {
        var context = Context(expect: "10.1.0.7");
        var intent = await _kind.PrepareAsync(context, default);

        var done = await _kind.ExecuteAsync(context, intent, default);
        var changed = _server.Addresses(Name);
        var undone = await _kind.UndoAsync(context, intent, null, default);

        done.Should().BeOfType<StepOutcome.Done>().Which.Outputs.ToJsonString().Should().Be("""{"values":"10.2.0.7","before":"10.1.0.7"}""");
        changed.Should().Be("10.2.0.7 300", "it lives as long as the old one did");
        undone.Should().BeOfType<StepOutcome.Done>();
        _server.Addresses(Name).Should().Be("10.1.0.7 300");
    }

    [Fact]
    public async Task Execute_NameWithoutARecord_GetsOneAndLosesItAgain()
    {
        _server.Records.Clear();
        var context = Context(values: ["10.2.0.7", "10.2.0.8"], ttl: 30);
        var intent = await _kind.PrepareAsync(context, default);

        await _kind.ExecuteAsync(context, intent, default);
        var changed = _server.Addresses(Name);
        await _kind.UndoAsync(context, intent, null, default);

        changed.Should().Be("10.2.0.7,10.2.0.8 30");
        _server.Records.Should().BeEmpty();
    }

    /// <summary>A stale owner, or a request that comes late: the condition is in the request, and the server judges it.</summary>
    [Fact]
    public async Task Execute_ChangedByAnotherSinceTheIntent_ChangesNothing()
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _server.Has(Name, "10.3.0.7");

        var outcome = await _kind.ExecuteAsync(context, intent, default);
        var seen = await _kind.ObserveAsync(context, intent, default);
        var undone = await _kind.UndoAsync(context, intent, null, default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be($"{Name} was changed by another: it is 10.3.0.7 at {_server.Address}, and the update needs 10.1.0.7");
        (seen.Answer, seen.OnlyByRepeating).Should().Be((ObservedAnswer.CannotHappenAnyMore, false));
        undone.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be($"{Name} was changed by another since: it is 10.3.0.7 at {_server.Address}, and is left as it is");
        (_server.Addresses(Name), _server.Changes).Should().Be(("10.3.0.7 300", 0));
    }

    [Fact]
    public async Task Execute_AnswerIsLost_IsSeenToHaveHappened()
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _server.LosesAnswers = true;

        var outcome = await _kind.ExecuteAsync(context, intent, default);
        var seen = await _kind.ObserveAsync(context, intent, default);
        var again = await _kind.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>();
        (seen.Answer, seen.Outputs!["values"]!.ToString()).Should().Be((ObservedAnswer.Happened, "10.2.0.7"));
        again.Should().BeOfType<StepOutcome.Done>();
        _server.Changes.Should().Be(1);
    }

    [Fact]
    public async Task Contradiction_OfANameThatSomebodyMovedBack_SaysWhatItIsNow()
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        await _kind.ExecuteAsync(context, intent, default);
        var stands = await _kind.ContradictionAsync(context, intent, default);
        _server.Has(Name, "10.1.0.7");

        var movedBack = await _kind.ContradictionAsync(context, intent, default);
        await _server.DisposeAsync();

        stands.Should().BeNull();
        movedBack.Should().Be($"the records of {Name} are 10.1.0.7 at {_server.Address}, and the step made them 10.2.0.7");
        (await _kind.ContradictionAsync(context, intent, default)).Should().BeNull("what is silent contradicts nothing");
    }

    [Fact]
    public async Task Observe_NotChanged_MayOnlyBeRepeated()
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);

        var seen = await _kind.ObserveAsync(context, intent, default);

        (seen.Answer, seen.OnlyByRepeating).Should().Be((ObservedAnswer.CannotHappenAnyMore, true));
    }

    /// <summary>The server stops to speak for the name once it is changed, so that its answer to the update is all there is.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_NobodyCanLookAfterwards_BelievesOnlyASignedAnswer(bool isSigned)
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _server.SignsNothing = !isSigned;
        _server.Asked = () => _server.IsAuthoritative = _server.Changes == 0;

        var outcome = await _kind.ExecuteAsync(context, intent, default);

        _server.Changes.Should().Be(1);
        (outcome is StepOutcome.Done, (outcome as StepOutcome.Unknown)?.Reason).Should().Be((isSigned, isSigned ? null : $"{_server.Address} does not speak for {Name}: it answers 0, not authoritative"));
    }

    [Theory]
    [InlineData("key", "its key of that name has another secret (BADSIG)")]
    [InlineData("name", "it has no key of that name (BADKEY)")]
    [InlineData("clock", "its clock and ours are more than 30 s apart (BADTIME)")]
    public async Task Execute_KeyThatTheServerDoesNotTake_SaysWhyAndChangesNothing(string what, string why)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "key"), what is "key" ? "bm90IGl0\n" : Convert.ToBase64String(FakeNameServer.Secret));
        _keyName = what is "name" ? "another-key" : _keyName;
        _server.Ahead = what is "clock" ? TimeSpan.FromMinutes(-2) : TimeSpan.Zero;
        var context = Context();

        var outcome = await _kind.ExecuteAsync(context, await _kind.PrepareAsync(context, default), default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be($"{_server.Address} refuses the update: {why}");
        _server.Changes.Should().Be(0);
    }

    [Fact]
    public async Task Prepare_RecordIsNotWhatThePlanExpects_IsRefused()
    {
        var prepare = () => _kind.PrepareAsync(Context(expect: "10.9.0.1"), default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage($"the records of {Name} are 10.1.0.7 at {_server.Address}, and the plan expects 10.9.0.1");
    }

    [Fact]
    public async Task Prepare_ServerThatAnswersFromACache_IsRefused()
    {
        _server.IsAuthoritative = false;

        var prepare = () => _kind.PrepareAsync(Context(), default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage($"{_server.Address} does not speak for {Name}: it answers 0, not authoritative");
    }

    [Fact]
    public async Task Observe_ServerDoesNotAnswer_StillMay()
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        await _server.DisposeAsync();

        var seen = await _kind.ObserveAsync(context, intent, default);
        var outcome = await _kind.ExecuteAsync(context, intent, default);

        seen.Answer.Should().Be(ObservedAnswer.StillMay);
        outcome.Should().BeOfType<StepOutcome.Failed>("no connection, no request").Which.Reason.Should().StartWith($"{_server.Address} was not reached: ");
    }

    [Theory]
    [InlineData("""{"server":"10.0.0.53","zone":"bank.test","name":"pay.bank.test.","type":"A","values":["10.2.0.7"],"key-name":"k","key-file":"/etc/k"}""")]
    [InlineData("""{"server":"ns.bank.test"}""", "'server' is 'ns.bank.test'")]
    [InlineData("""{"zone":"bank.test","name":"paybank.test"}""", "'paybank.test' is not in the zone 'bank.test'")]
    [InlineData("""{"name":"支付.bank.test"}""", "'name' is '支付.bank.test'")]
    [InlineData("""{"type":"A","values":["::1"]}""", "'values' has '::1'")]
    [InlineData("""{"type":"AAAA","values":["10.0.0.1","::1"]}""", "'values' has '10.0.0.1'")]
    [InlineData("""{"type":"CNAME","values":["a.test","b.test"]}""", "2 records of type CNAME at one name")]
    [InlineData("""{"key-file":"key"}""", "'key-file' is 'key'")]
    [InlineData("""{"ttl":0}""", "'ttl' is 0")]
    public void Judge_Parameters_SaysWhatStandsAgainstThem(string with, params string[] expected) =>
        DnsStepSettings.Judge(StepBench.Parameters(with)).Select(problem => problem.Found).Should().Equal(expected);

    [Theory]
    [InlineData("10.0.9.53 isolated", "bank.test", "lab")]
    [InlineData("10.0.0.53", "lab.test", "lab")]
    [InlineData("10.0.9.53", "bank.test", "lab", "its rehearsal changes the zone 'bank.test' at 10.0.9.53:53, and a step changes 'bank.test' live at 10.0.0.53: one server may have two addresses, and a zone more than one server")]
    [InlineData("10.0.9.53", "lab.bank.test", "lab", "its rehearsal changes the zone 'lab.bank.test' at 10.0.9.53:53, and a step changes 'bank.test' live at 10.0.0.53: one server may have two addresses, and a zone more than one server")]
    [InlineData("10.0.0.53:53", "bank.test", "lab", "its rehearsal changes the zone 'bank.test' at 10.0.0.53:53, as a step does live")]
    [InlineData("::ffff:10.0.0.53 isolated", "test", "lab", "its rehearsal changes the zone 'test' at 10.0.0.53:53, as a step does live")]
    [InlineData("10.0.9.53 isolated", "bank.test", "LIVE.", "its rehearsal uses a key named 'live', as a step does live", "its rehearsal uses the key in /etc/live, which a step uses live")]
    public void JudgeRehearsal_ZoneOrKeyOfProduction_IsRefused(string server, string zone, string key, params string[] expected)
    {
        JsonObject With(string at, string of, string named) => new()
        {
            ["server"] = at.Split(' ')[0], ["isolated"] = at.EndsWith(" isolated", StringComparison.Ordinal), ["zone"] = of, ["name"] = $"pay.{of}", ["type"] = "A", ["values"] = new JsonArray("10.2.0.7"), ["key-name"] = named, ["key-file"] = $"/etc/{named.TrimEnd('.').ToLowerInvariant()}",
        };

        DnsStepSettings.JudgeRehearsal(new(With(server, zone, key)), [new(With("10.0.0.53", "bank.test", "live"))]).Select(problem => problem.Found).Should().Equal(expected);
    }

    [Fact]
    public void JudgeRehearsal_ServerCalledIsolatedThatAStepChangesLive_IsNoIsolatedOne()
    {
        JsonObject With(string at, string key) => new() { ["server"] = at, ["isolated"] = true, ["zone"] = "bank.test", ["name"] = "pay.bank.test", ["type"] = "A", ["values"] = new JsonArray("10.2.0.7"), ["key-name"] = key, ["key-file"] = $"/etc/{key}" };

        DnsStepSettings.JudgeRehearsal(new(With("10.0.9.53", "lab")), [new(With("10.0.0.53", "live"))]).Should().ContainSingle().Which.Allowed.Should().EndWith("under 'rehearsal:' and nowhere else");
    }

    private StepContext Context(string? expect = null, string[]? values = null, int? ttl = null)
    {
        var with = new JsonObject
        {
            ["server"] = _server.Address, ["zone"] = "bank.test", ["name"] = Name, ["type"] = "A", ["values"] = new JsonArray([.. (values ?? ["10.2.0.7"]).Select(value => (JsonNode)value)]),
            ["key-name"] = _keyName, ["key-file"] = Path.Combine(_folder, "key"),
        };
        if (expect is not null)
        {
            with["expect"] = new JsonArray(expect);
        }

        if (ttl is not null)
        {
            with["ttl"] = ttl;
        }

        return _bench.Context("dns", with.ToJsonString(), timeoutSeconds: 10);
    }
}
