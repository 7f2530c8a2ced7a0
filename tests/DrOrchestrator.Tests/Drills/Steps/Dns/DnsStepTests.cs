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
        _server.SignsUpdates = isSigned;
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
        var intent = await _kind.PrepareAsync(Context(), default);
        await File.WriteAllTextAsync(Path.Combine(_folder, "key"), what is "key" ? "bm90IGl0\n" : Convert.ToBase64String(FakeNameServer.Secret));
        _keyName = what is "name" ? "another-key" : _keyName;
        _server.Ahead = what is "clock" ? TimeSpan.FromMinutes(-2) : TimeSpan.Zero;
        var expected = $"{_server.Address} refuses the key {_keyName.TrimEnd('.')}: {why}";

        var outcome = await _kind.ExecuteAsync(Context(), intent, default);
        var prepare = () => _kind.PrepareAsync(Context(), default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be(expected);
        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage(expected);
        _server.Changes.Should().Be(0);
    }

    /// <summary>Whoever is on the way, or a forwarder in front of the server, lets the update through and answers it himself.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Execute_RefusedBySomebodyOnTheWay_WhatStandsDecides(int rcode)
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _server.Forges = rcode;

        var seen = await _kind.ExecuteAsync(context, intent, default);
        _server.Has(Name, "10.1.0.7");
        _server.Asked = () => _server.SignsAnswers = _server.Changes < 2;
        var unseen = await _kind.ExecuteAsync(context, intent, default);

        seen.Should().BeOfType<StepOutcome.Done>("the server itself says that it is there, and signs it");
        unseen.Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be($"{_server.Address} answers for {Name} without a signature of the key dro-key, and is not believed");
    }

    [Fact]
    public async Task Execute_AnswersToQuestionsBearNoSignature_NeitherIsNorIsNotBelieved()
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _server.Has(Name, "10.2.0.7");
        _server.SignsAnswers = false;

        var outcome = await _kind.ExecuteAsync(context, intent, default);
        var seen = await _kind.ObserveAsync(context, intent, default);
        var undone = await _kind.UndoAsync(context, intent, null, default);
        var prepare = () => _kind.PrepareAsync(context, default);

        var why = $"{_server.Address} answers for {Name} without a signature of the key dro-key, and is not believed";
        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be(why);
        seen.Should().BeEquivalentTo(new Observation(ObservedAnswer.StillMay, why));
        undone.Should().BeOfType<StepOutcome.Unknown>();
        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage(why);
        _server.Changes.Should().Be(0);
    }

    /// <summary>Sent once more and not delivered; the first one may still be read.</summary>
    [Theory]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public async Task Execute_NotReachedWhileAnEarlierRequestMayStillAct_IsUnknown(int secondsAgo, bool fails)
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _bench.Unanswered["s"] = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(secondsAgo) + (fails ? TimeSpan.Zero : TimeSpan.FromHours(1));
        await _server.DisposeAsync();

        var outcome = await _kind.ExecuteAsync(context, intent, default);

        (outcome is StepOutcome.Failed, outcome is StepOutcome.Unknown).Should().Be((fails, !fails));
    }

    /// <summary>The second request is refused; the first one came under the policy of before.</summary>
    [Theory]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public async Task Execute_RefusedWhileAnEarlierRequestMayStillAct_IsUnknown(int secondsAgo, bool fails)
    {
        var context = Context();
        var intent = await _kind.PrepareAsync(context, default);
        _bench.Unanswered["s"] = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(secondsAgo) + (fails ? TimeSpan.Zero : TimeSpan.FromHours(1));
        _server.Refuses = true;

        var outcome = await _kind.ExecuteAsync(context, intent, default);

        var why = $"{_server.Address} refuses the update: the key may not change that (REFUSED)";
        ((outcome as StepOutcome.Failed)?.Reason, (outcome as StepOutcome.Unknown)?.Reason).Should().Be(fails ? (why, null) : (null, why));
    }

    [Fact]
    public void MayBegin_RequestOfAStepThatNobodyAnswered_HoldsItsUndoAndOtherStepsOfTheName()
    {
        var at = new DateTimeOffset(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);
        var context = Context();
        var back = context with { Step = context.Step with { Name = "back" }, Plan = StepBench.Plan with { Steps = [context.Step] } };
        var elsewhere = Context(name: "other.bank.test") with { Step = back.Step, Plan = back.Plan };
        JsonObject Intent() => new() { ["server"] = _server.Address, ["zone"] = "bank.test", ["name"] = Name, ["type"] = "A" };
        var quiet = (_kind.MayBegin(back), _kind.MayUndo(context, Intent()));
        _bench.Intents["s"] = Intent();
        _bench.Unanswered["s"] = at;

        (_kind.MayBegin(back), _kind.MayUndo(context, Intent()), _kind.MayUndo(back, Intent())).Should().Be((at.AddSeconds(60), at.AddSeconds(60), at.AddSeconds(60)));

        quiet.Should().Be((null, null));
        _kind.MayBegin(context).Should().BeNull("the same request sent once more excludes the first one");
        _kind.MayBegin(elsewhere).Should().BeNull();
    }

    [Fact]
    public async Task Execute_ResolverKeepsTheOldRecords_IsDoneAndObservedUntilItAnswersAsTheServerDoes()
    {
        await using var resolver = new FakeNameServer();
        resolver.Has(Name, "10.1.0.7", ttl: 7);
        var context = Context(until: resolver.Address, ttl: 5);
        _server.Has(Name, "10.1.0.7", ttl: 9);
        var intent = await _kind.PrepareAsync(context, default);

        var done = await _kind.ExecuteAsync(context, intent, default);
        var early = await _kind.ObserveAsync(context, intent, default);
        resolver.Has(Name, "10.2.0.7", ttl: 5);
        var late = await _kind.ObserveAsync(context, intent, default);

        var why = $"{resolver.Address} still answers 10.1.0.7 for {Name}, and may for 7s more";
        done.Should().BeOfType<StepOutcome.Done>().Which.Missed.Should().Be(why);
        (early.Answer, early.Missed).Should().Be((ObservedAnswer.Happened, why));
        (late.Answer, late.Missed).Should().Be((ObservedAnswer.Happened, null));
    }

    /// <summary>The step could only fail, with the name moved.</summary>
    [Fact]
    public async Task Prepare_CachesMayKeepTheOldRecordsLongerThanTheStepWaits_IsRefused()
    {
        var prepare = () => _kind.PrepareAsync(Context(until: "127.0.0.1:9"), default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage($"resolvers may keep the old records of {Name} for 5m, and the step waits 10s: lower their 'ttl' that long before, or lengthen 'timeout'");
    }

    [Fact]
    public async Task Prepare_RecordOfAWildcard_IsRefusedSinceNoConditionCanNameIt()
    {
        _server.Records.Clear();
        _server.Wildcard = "10.1.0.7";

        var prepare = () => _kind.PrepareAsync(Context(), default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage($"{Name} shows 10.1.0.7 at {_server.Address}, and has no such records of its own: a wildcard answers for it, or a text is in several pieces");
    }

    [Theory]
    [InlineData("A", 5, "0470617932046261726B047465737400", "pay.bank.test is an alias of pay2.bark.test at SERVER: no other records can stand beside it")]
    [InlineData("CNAME", 1, "0A010007", "pay.bank.test has records of other types at SERVER: no alias can stand beside them")]
    public async Task Prepare_AliasBesideOtherRecords_IsRefusedSinceServersIgnoreIt(string type, int stands, string data, string expected)
    {
        _server.Records.Clear();
        _server.Records[(Name, stands)] = ([data], 300);
        var context = Context(values: [type is "A" ? "10.2.0.7" : "dr.bank.test"], type: type);

        var prepare = () => _kind.PrepareAsync(context, default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage(expected.Replace("SERVER", _server.Address, StringComparison.Ordinal));
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
        outcome.Should().BeOfType<StepOutcome.Failed>("no connection, no request").Which.Reason.Should().StartWith($"{_server.Address} does not say what {Name} is: ");
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
    [InlineData("""{"until":["10.0.0.53","resolver.bank.test"]}""", "'until' has 'resolver.bank.test'")]
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

    private StepContext Context(string? expect = null, string[]? values = null, int? ttl = null, string type = "A", string name = Name, string? until = null)
    {
        var with = new JsonObject
        {
            ["server"] = _server.Address, ["zone"] = "bank.test", ["name"] = name, ["type"] = type, ["values"] = new JsonArray([.. (values ?? ["10.2.0.7"]).Select(value => (JsonNode)value)]),
            ["key-name"] = _keyName, ["key-file"] = Path.Combine(_folder, "key"),
        };
        if (expect is not null)
        {
            with["expect"] = new JsonArray(expect);
        }

        if (until is not null)
        {
            with["until"] = new JsonArray(until);
        }

        if (ttl is not null)
        {
            with["ttl"] = ttl;
        }

        return _bench.Context("dns", with.ToJsonString(), timeoutSeconds: 10);
    }
}
