using System.Text;
using CsCheck;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Verifier.Json;

namespace DrOrchestrator.Verifier.Tests.Json;

public sealed class JsonScanTests
{
    [Theory]
    [MemberData(nameof(Rfc8785Numbers.Samples), MemberType = typeof(Rfc8785Numbers))]
    public void Print_Rfc8785AppendixB_GivesTheText(ulong bits, string text)
    {
        EcmaNumbers.Print(BitConverter.UInt64BitsToDouble(bits)).Should().Be(text);
        Accepts(text).Should().BeTrue();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("{\"a\":[1,{\"b\":\"\\u001f\\n\\\"\\\\\"}],\"c\":null}")]
    [InlineData("{\"\":0,\"\uD83D\uDE00\":1,\"\uFB33\":2}")] // RFC 8785, section 3.2.3: the emoji's surrogates sort before U+FB33
    public void Value_Canonical_IsAccepted(string json) => Accepts(json).Should().BeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("01")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e5")]
    [InlineData("1E+30")]
    [InlineData("0.0000001")]
    [InlineData("1e400")]
    [InlineData("100000000000000000000000")]
    [InlineData("-")]
    [InlineData("NaN")]
    [InlineData("True")]
    [InlineData("[1,]")]
    [InlineData("[1 ,2]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"b\":1,\"a\":2}")]
    [InlineData("{\"\uFB33\":2,\"\uD83D\uDE00\":1}")]
    [InlineData("{\"a\" :1}")]
    [InlineData("{a:1}")]
    [InlineData("\"a")]
    [InlineData("\"\t\"")]
    [InlineData("\"\\/\"")]
    [InlineData("\"\\u000a\"")]
    [InlineData("\"\\u001F\"")]
    [InlineData("\"\\u0041\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\")]
    public void Value_NotCanonical_IsRefused(string json) => Accepts(json).Should().BeFalse();

    [Fact]
    public void Value_BytesThatAreNotUtf8_AreRefused()
    {
        foreach (byte[] bad in new byte[][] { [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xB8] })
        {
            new JsonScan([(byte)'"', .. bad, (byte)'"']).Value().Should().BeFalse();
        }
    }

    [Fact]
    public void Value_NestedDeeperThan64_IsRefused()
    {
        Accepts(new string('[', 64) + new string(']', 64)).Should().BeTrue();
        Accepts(new string('[', 65) + new string(']', 65)).Should().BeFalse();
        Accepts(new string('[', 1_000_000)).Should().BeFalse();
    }

    [Fact]
    public void IsCanonical_AnyDouble_AcceptsOneSpellingOnly() =>
        Gen.Double.Where(double.IsFinite).Sample(number =>
        {
            var text = EcmaNumbers.Print(number);
            return double.Parse(text) == number && Accepts(text) && !Accepts("0" + text) && !Accepts(number.ToString("E17"));
        });

    private static bool Accepts(string json)
    {
        var scan = new JsonScan(Encoding.UTF8.GetBytes(json));
        return scan.Value() && scan.AtEnd;
    }
}
