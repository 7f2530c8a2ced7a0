using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Steps;

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

    private static JsonObject Containers(string elements) => JsonNode.Parse("""{"spec":{"c":[ELEMENTS]}}""".Replace("ELEMENTS", elements, StringComparison.Ordinal))!.AsObject();
}
