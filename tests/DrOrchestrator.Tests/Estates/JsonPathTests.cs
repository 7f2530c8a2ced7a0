using System.Text.Json;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Estates;

public sealed class JsonPathTests
{
    [Theory]
    [InlineData("$", """{"a":1}""")]
    [InlineData("$.list[0]", "10")]
    [InlineData("$.list[-1]", "30")]
    [InlineData("$.list[3]", null)]
    [InlineData("$.list[-4]", null)]
    [InlineData("$['a name'].b", "\"c\"")]
    [InlineData("$[\"a name\"]['b']", "\"c\"")]
    [InlineData("$.nothing", null)]
    [InlineData("$.list.name", null)]
    public void Find_APlace_GivesWhatStandsThere(string text, string? expected)
    {
        using var document = JsonDocument.Parse(text == "$" ? """{"a":1}""" : """{"list":[10,20,30],"a name":{"b":"c"}}""");
        JsonPath.TryParse(text, out var path).Should().BeTrue();

        path!.Find(document.RootElement)?.GetRawText().Should().Be(expected);
        if (expected is null)
        {
            path.Find(document.RootElement).Should().BeNull();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("$a")]
    [InlineData("$.")]
    [InlineData("$..a")]
    [InlineData("$.*")]
    [InlineData("$[*]")]
    [InlineData("$[]")]
    [InlineData("$[1")]
    [InlineData("$['a]")]
    [InlineData("$[1:2]")]
    [InlineData("$[?(@.a)]")]
    public void TryParse_WhatNamesNoSinglePlace_IsRefused(string text) => JsonPath.TryParse(text, out _).Should().BeFalse();
}
