using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class WaitGoalTests
{
    private const string Job = """{"metadata":{"uid":"u1","generation":2},"status":{"conditions":[{"type":"Complete","status":"False"},{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"Job has reached its limit"}]}}""";
    private const string Backup = """{"metadata":{"uid":"u1","generation":5},"status":{"phase":"PartiallyFailed","failureReason":"2 items could not be backed up","validationErrors":["a","b"]}}""";
    private const string Cluster = """{"metadata":{"uid":"u1","generation":3},"status":{"observedGeneration":2,"phase":"Cluster in healthy state","readyInstances":3,"conditions":[{"type":"Ready","status":"True","observedGeneration":3},{"type":"Old","status":"True","observedGeneration":2},{"type":"Bare","status":"True"}]}}""";

    [Theory]
    [InlineData(Job, """{"condition":"complete","status":"false"}""", "False")]
    [InlineData(Backup, """{"json-path":".status.phase","one-of":["Completed","PartiallyFailed"]}""", "PartiallyFailed")]
    [InlineData(Backup, """{"json-path":".status.phase"}""", "PartiallyFailed")]
    [InlineData(Backup, """{"for":"exists"}""", "u1")]
    [InlineData(Backup, """{"for":"exists","json-path":".status.phase"}""", "PartiallyFailed")]
    [InlineData(Backup, """{"for":"absent","json-path":".status.demotionToken"}""", "absent")]
    [InlineData(Cluster, """{"condition":"Ready"}""", "True")]
    [InlineData(Cluster, """{"json-path":".metadata.generation","equals":"3"}""", "3")]
    public void Judge_AsAskedFor_IsMet(string seen, string with, string value) =>
        Judge(seen, with).Should().Be(new WaitVerdict.Met(value));

    [Theory]
    [InlineData(Job, """{"condition":"Complete"}""", "it is False")]
    [InlineData(Job, """{"condition":"Suspended"}""", "it is absent (Failed=True BackoffLimitExceeded: Job has reached its limit)")]
    [InlineData(Backup, """{"json-path":".status.phase","equals":"Completed"}""", "it is PartiallyFailed (2 items could not be backed up; a, b)")]
    [InlineData(Backup, """{"for":"absent"}""", "it is still there, and nobody has deleted it")]
    [InlineData("""{"metadata":{"uid":"u1","deletionTimestamp":"x","finalizers":["f/1"]}}""", """{"for":"deleted"}""", "it is being deleted, and held by f/1")]
    [InlineData(Cluster, """{"condition":"Old"}""", "it is True, but of an earlier generation than the object's")]
    [InlineData(Cluster, """{"condition":"Bare"}""", "it is True, but of an earlier generation than the object's")]
    [InlineData(Cluster, """{"json-path":".status.readyInstances","equals":"3"}""", "it is 3, but of an earlier generation than the object's")]
    [InlineData("""{"metadata":{"uid":"u1"},"status":{"demotionToken":""}}""", """{"json-path":".status.demotionToken"}""", "it is absent")]
    public void Judge_NotYet_SaysWhatIsSeen(string seen, string with, string words) =>
        Judge(seen, with).Should().Be(new WaitVerdict.NotYet(words));

    [Theory]
    [InlineData(Job, """{"condition":"Complete","fails-on":{"condition":"Failed"}}""", "BackoffLimitExceeded: Job has reached its limit")]
    [InlineData(Backup, """{"json-path":".status.phase","equals":"Completed","fails-on":{"json-path":".status.phase","one-of":["Failed","PartiallyFailed"]}}""", "2 items could not be backed up; a, b")]
    [InlineData(Job, """{"json-path":".status.conditions[?(@.status=='True')].type","fails-on":{"condition":"Complete","status":false}}""", "it says nothing more")]
    [InlineData("""{"metadata":{},"status":{"a":[{"b":"c","d":"1"},{"b":"c","d":"2"}]}}""", """{"json-path":".status.a[?(@.b=='c')].d"}""", "the path finds 2 values; narrow its filter")]
    public void Judge_WhatEndsTheWaiting_TellsItsWords(string seen, string with, string words) =>
        Judge(seen, with).Should().Be(new WaitVerdict.Never(words));

    [Fact]
    public void Judge_EndOfAnEarlierGeneration_EndsNothing() =>
        Judge(Cluster, """{"condition":"Bare","fails-on":{"condition":"Old"}}""").Should().BeOfType<WaitVerdict.NotYet>();

    [Theory]
    [InlineData("deleted", "u1", "{\"metadata\":{\"uid\":\"u2\"}}", "replaced")]
    [InlineData("deleted", "u1", null, "absent")]
    [InlineData("absent", null, null, "absent")]
    public void Judge_OfOneThatIsGone_IsMet(string word, string? uid, string? seen, string value) =>
        Goal($$"""{"for":"{{word}}"}""").Judge(seen is null ? null : JsonNode.Parse(seen)!.AsObject(), uid, "404").Should().Be(new WaitVerdict.Met(value));

    [Theory]
    [InlineData("""{"condition":"Ready"}""")]
    [InlineData("""{"for":"exists"}""")]
    [InlineData("""{"for":"absent","json-path":".status.x"}""")]
    public void Judge_NothingThereWhereItShouldBe_IsNotYet(string with) => Goal(with).Judge(null, null, "404 gone").Should().Be(new WaitVerdict.NotYet("404 gone"));

    [Theory]
    [InlineData("{}", "give condition, json-path or for")]
    [InlineData("""{"condition":"Ready","json-path":".a"}""", "give either condition*")]
    [InlineData("""{"status":"True"}""", "give either condition*")]
    [InlineData("""{"json-path":".a","equals":"1","one-of":["2"]}""", "give either condition*")]
    [InlineData("""{"for":"deleted","json-path":".a"}""", "for goes alone*")]
    [InlineData("""{"for":"absent","condition":"Ready"}""", "for goes alone*")]
    [InlineData("""{"condition":"Ready","fails-on":{}}""", "fails-on:*")]
    [InlineData("""{"condition":"Ready","fails-on":{"json-path":".a"}}""", "fails-on:*")]
    [InlineData("""{"condition":"Ready","fails-on":{"reason":"x"}}""", "fails-on:*")]
    public void Read_WhatCannotBeMeant_SaysWhy(string with, string message)
    {
        var act = () => Goal(with);

        act.Should().Throw<FormatException>().WithMessage(message);
    }

    private static WaitVerdict Judge(string seen, string with) => Goal(with).Judge(JsonNode.Parse(seen)!.AsObject(), "u1", "");

    private static WaitGoal Goal(string with) => WaitGoal.Read(StepBench.Parameters(with));
}
