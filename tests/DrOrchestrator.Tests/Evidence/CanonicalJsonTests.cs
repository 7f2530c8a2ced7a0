using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Evidence;

namespace DrOrchestrator.Tests.Evidence;

public sealed class CanonicalJsonTests
{
    [Theory]
    [MemberData(nameof(Rfc8785Numbers.Samples), MemberType = typeof(Rfc8785Numbers))]
    public void Format_Rfc8785AppendixB_GivesTheText(ulong bits, string text) => EcmaNumber.Format(BitConverter.UInt64BitsToDouble(bits)).Should().Be(text);

    [Fact]
    public void Serialize_ExampleOfRfc8785_GivesItsBytes()
    {
        // Section 3.2.2 in, section 3.2.4 out.
        const string Input =
            """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        const string Hex =
            "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d";

        Convert.ToHexStringLower(CanonicalJson.Serialize(JsonNode.Parse(Input))).Should().Be(Hex);
    }

    [Fact]
    public void Serialize_PropertyNames_AreSortedByUtf16Units()
    {
        // RFC 8785, section 3.2.3.
        var input = new JsonObject
        {
            ["\u20ac"] = "Euro Sign", ["\r"] = "Carriage Return", ["\ufb33"] = "Hebrew Letter Dalet With Dagesh", ["1"] = "One",
            ["\ud83d\ude00"] = "Emoji: Grinning Face", ["\u0080"] = "Control", ["\u00f6"] = "Latin Small Letter O With Diaeresis",
        };

        JsonNode.Parse(CanonicalJson.Serialize(input))!.AsObject().Select(property => (string)property.Value!).Should().Equal(
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh");
    }

    [Fact]
    public void Serialize_ClrValues_AreWrittenAsTheirJson() =>
        Text(new JsonObject
        {
            ["date"] = JsonValue.Create(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero)), ["decimal"] = 1.50m, ["int"] = 3, ["long"] = 1L << 53,
            ["guid"] = JsonValue.Create(Guid.Empty), ["object"] = JsonValue.Create(new { b = 1, a = 2 }), ["minus"] = -0.0,
        }).Should().Be(
            "{\"date\":\"2026-11-22T08:00:00+00:00\",\"decimal\":1.5,\"guid\":\"00000000-0000-0000-0000-000000000000\",\"int\":3,\"long\":9007199254740992,\"minus\":0,\"object\":{\"a\":2,\"b\":1}}");

    [Fact]
    public void Serialize_IntegerBeyond2To53_IsRefusedWithItsPlace()
    {
        Refusal(new JsonObject { ["a"] = new JsonArray(1, (1L << 53) + 1) }).Should().Be("$.a[1]: the integer 9007199254740993 is beyond 2^53 and would lose digits; send it as a string.");
        Refusal(JsonNode.Parse("-9007199254740993")).Should().Contain("beyond 2^53");
        Refusal(JsonNode.Parse("99999999999999999999999")).Should().Contain("beyond 2^53");
        Refusal(new JsonObject { ["position"] = ulong.MaxValue }).Should().Contain("beyond 2^53");
    }

    [Fact]
    public void Serialize_LoneSurrogate_IsRefused()
    {
        // Not as attribute arguments: metadata is UTF-8 and would replace them.
        foreach (var text in new[] { "\ud800", "a\udc00b", "\ude00\ud83d" })
        {
            Refusal(new JsonObject { ["t"] = text }).Should().Be("$.t: the text holds half of a surrogate pair; it is not Unicode.");
            Refusal(new JsonObject { [text] = 1 }).Should().Be("$: the text holds half of a surrogate pair; it is not Unicode.");
        }
    }

    [Fact]
    public void Serialize_LoneSurrogateInParsedText_IsRefused() => Refusal(JsonNode.Parse("[\"\\ud800\"]")).Should().StartWith("$[0]: the text holds half");

    [Fact]
    public void Serialize_NumbersThatAreNone_AreRefused()
    {
        Refusal(new JsonObject { ["n"] = double.NaN }).Should().Be("$.n: NaN and infinity have no JSON form.");
        Refusal(JsonNode.Parse("[1e400]")).Should().Be("$[0]: the number 1e400 does not fit a double; send it as a string.");
    }

    [Fact]
    public void Serialize_NestedTooDeep_IsRefused()
    {
        JsonNode node = new JsonArray();
        for (var i = 0; i < 63; i++)
        {
            node = new JsonArray(node);
        }

        Text(node).Should().HaveLength(128);
        Refusal(new JsonArray(node)).Should().EndWith("nested deeper than 64 levels.");
    }

    [Fact]
    public void Serialize_DuplicateKeysInParsedText_AreRefused()
    {
        var serialize = () => CanonicalJson.Serialize(JsonNode.Parse("{\"a\":1,\"a\":2}"));

        serialize.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Serialize_AnyValue_IsStableAndMeansTheSame() =>
        Values().Sample(node =>
        {
            var bytes = CanonicalJson.Serialize(node);
            var again = JsonNode.Parse(bytes);
            return CanonicalJson.Serialize(again).AsSpan().SequenceEqual(bytes) && JsonNode.DeepEquals(again, JsonNode.Parse(node?.ToJsonString() ?? "null"));
        });

    private static Gen<JsonNode?> Values(int depth = 0)
    {
        var text = Gen.Char['\u0000', '\ud7ff'].Array[0, 6].Select(characters => new string(characters));
        var scalar = Gen.OneOf(
            text.Select(value => (JsonNode?)value),
            Gen.Int.Select(value => (JsonNode?)value),
            Gen.Double.Where(value => double.IsFinite(value) && Math.Abs(value) < 1e15).Select(value => (JsonNode?)value),
            Gen.Bool.Select(value => (JsonNode?)value),
            Gen.Const((JsonNode?)null));
        return depth == 3
            ? scalar
            : Gen.OneOf(
                scalar,
                Values(depth + 1).Array[0, 4].Select(items => (JsonNode?)new JsonArray(items)),
                Gen.Select(text, Values(depth + 1)).Array[0, 4].Select(properties =>
                    (JsonNode?)new JsonObject(properties.DistinctBy(property => property.Item1).Select(property => KeyValuePair.Create(property.Item1, property.Item2)))));
    }

    private static string Text(JsonNode? node) => Encoding.UTF8.GetString(CanonicalJson.Serialize(node));

    private static string Refusal(JsonNode? node)
    {
        var serialize = () => CanonicalJson.Serialize(node);
        return serialize.Should().Throw<ArgumentException>().Which.Message;
    }
}
