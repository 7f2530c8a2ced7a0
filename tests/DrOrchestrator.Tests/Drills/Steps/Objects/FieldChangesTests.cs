using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class FieldChangesTests
{
    [Theory]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":2}}""", "/spec/a")]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":1},"status":{"b":2},"metadata":{"generation":2,"annotations":{"drorchestrator.io/run":"7"}}}""", "")]
    [InlineData("""{"spec":{}}""", """{"spec":{"m":{"a":1,"b":2}}}""", "/spec/m/a /spec/m/b")]
    [InlineData("""{"spec":{}}""", """{"spec":{"m":{}}}""", "/spec/m")]
    [InlineData("""{"spec":{"m":{"a":1,"b":2}}}""", """{"spec":{}}""", "/spec/m")]
    [InlineData("""{"spec":{"l":[1,2]}}""", """{"spec":{"l":[1,2,3]}}""", "/spec/l")]
    [InlineData("""{"spec":{"c":[{"name":"a","i":1},{"name":"b","i":1}]}}""", """{"spec":{"c":[{"name":"a","i":1},{"name":"b","i":2}]}}""", "/spec/c/b/i")]
    [InlineData("""{"spec":{"c":[{"name":"a","i":1}]}}""", """{"spec":{"c":[{"name":"a","i":1},{"name":"b","i":2}]}}""", "/spec/c")]
    [InlineData("""{"spec":{"c":[{"name":"a","i":1},{"name":"a","i":1}]}}""", """{"spec":{"c":[{"name":"a","i":1},{"name":"a","i":2}]}}""", "/spec/c")]
    [InlineData("""{"metadata":{"labels":{"x/y":"1"}}}""", """{"metadata":{"labels":{}}}""", "/metadata/labels/x~1y")]
    public void Between_TwoStates_NamesTheFieldsThatDiffer(string before, string after, string pointers)
    {
        var (one, other) = (JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(after)!.AsObject());

        var changes = FieldChanges.FromJson(JsonNode.Parse(FieldChanges.ToJson(FieldChanges.Between(one, other)).ToJsonString()));

        string.Join(' ', changes.Select(change => change.Pointer)).Should().Be(pointers);
        FieldChanges.FirstOther(one, changes, change => change.Before).Should().BeNull();
        FieldChanges.FirstOther(other, changes, change => change.After).Should().BeNull();
    }

    [Fact]
    public void Back_OfAnElementThatMovedInItsList_FindsItByItsName()
    {
        var changes = FieldChanges.Between(Containers("""{"name":"a","i":1}"""), Containers("""{"name":"a","i":2}"""));

        var operations = FieldChanges.Back(Containers("""{"name":"z","i":9},{"name":"a","i":2}"""), changes).ToList();

        operations.Should().ContainSingle().Which.ToJsonString().Should().Be("""{"op":"add","path":"/spec/c/1/i","value":1}""");
        FieldChanges.FirstOther(Containers("""{"name":"z","i":2}"""), changes, change => change.After).Should().NotBeNull("the element is gone");
    }

    [Fact]
    public void Back_OfWhatHasNoPlaceAnyMore_MakesItOnce()
    {
        var changes = FieldChanges.Between(JsonNode.Parse("""{"spec":{"m":{"a":1,"b":2,"c":3}}}""")!.AsObject(), JsonNode.Parse("""{"spec":{"m":{"c":3}}}""")!.AsObject());

        var operations = FieldChanges.Back(JsonNode.Parse("""{"spec":{}}""")!.AsObject(), changes).Select(one => one.ToJsonString());

        operations.Should().Equal("""{"op":"add","path":"/spec/m","value":{}}""", """{"op":"add","path":"/spec/m/a","value":1}""", """{"op":"add","path":"/spec/m/b","value":2}""");
    }

    [Theory]
    [InlineData("""{"spec":{"m":{"h":{"a":1,"b":2},"t":3}}}""", """{"spec":{}}""")]
    [InlineData("""{"spec":{"m":{"h":{"a":1,"b":2},"t":3},"o":1}}""", """{"spec":{"o":1}}""")]
    [InlineData("""{"spec":{"m":{"h":{"a":1,"b":2},"t":3,"others":4}}}""", """{"spec":{"m":{"others":4}}}""")]
    [InlineData("""{"spec":{"m":{"h":{"a":1,"b":2,"others":4},"t":3}}}""", """{"spec":{"m":{"h":{"others":4}}}}""")]
    public void Back_OfAMappingThatWasMade_TakesItAlongUnlessOthersAreInIt(string seen, string back)
    {
        var changes = Kept(FieldChanges.Between(Object("""{"spec":{}}"""), Object("""{"spec":{"m":{"h":{"a":1,"b":2},"t":3}}}""")));

        Done(seen, changes).Should().Be(back);
    }

    [Theory]
    [InlineData("""{"spec":{"m":{}}}""", """{"spec":{"m":{"h":{"a":1}}}}""", """{"spec":{"m":{}}}""")]
    [InlineData("""{"spec":{"c":[{"name":"a"}]}}""", """{"spec":{"c":[{"name":"a","probe":{"http":{"port":1},"every":2}}]}}""", """{"spec":{"c":[{"name":"a"}]}}""")]
    [InlineData("""{"spec":{}}""", """{"spec":{"a/b":{"c":{"x~y":1},"e":{}}}}""", """{"spec":{}}""")]
    [InlineData("""{"metadata":{"labels":{}}}""", """{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{}}}""")]
    public void Back_WhatWasThereBeforeThoughEmpty_Stays(string before, string after, string back) =>
        Done(after, Kept(FieldChanges.Between(Object(before), Object(after)))).Should().Be(back);

    private static string Done(string seen, IReadOnlyList<FieldChange> changes) =>
        FakeJsonPatch.Apply(Object(seen), new JsonArray([.. FieldChanges.Back(Object(seen), changes)]))!.ToJsonString();

    private static IReadOnlyList<FieldChange> Kept(IEnumerable<FieldChange> changes) => FieldChanges.FromJson(JsonNode.Parse(FieldChanges.ToJson(changes).ToJsonString()));

    private static JsonObject Object(string text) => JsonNode.Parse(text)!.AsObject();

    private static JsonObject Containers(string elements) => JsonNode.Parse("""{"spec":{"c":[ELEMENTS]}}""".Replace("ELEMENTS", elements, StringComparison.Ordinal))!.AsObject();
}
