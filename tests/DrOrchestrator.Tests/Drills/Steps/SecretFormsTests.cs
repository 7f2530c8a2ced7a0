using System.Text;
using DrOrchestrator.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class SecretFormsTests
{
    private const string Secret = """pä"ss\w&rd+1/2""";

    [Theory]
    [InlineData("""pä"ss\w&rd+1/2""")]
    [InlineData("""pä\"ss\\w&rd+1/2""")]
    [InlineData("""p\u00E4\u0022ss\\w\u0026rd\u002B1/2""")]
    [InlineData("""p\u00e4\"ss\\w&rd+1/2""")]
    [InlineData("p%C3%A4%22ss%5Cw%26rd%2B1%2F2")]
    public void Mask_EachWayToWriteIt_IsFound(string written) => SecretForms.Mask($"a {written} b", Secret, "[x]").Should().Be("a [x] b");

    [Theory]
    [InlineData("")]
    [InlineData("u:")]
    [InlineData("user:")]
    [InlineData("someone:")]
    public void Mask_Base64_IsFoundWhereverItBegins(string before)
    {
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{Secret}"));
        var address = header.TrimEnd('=').Replace('+', '-').Replace('/', '_');

        var masked = (SecretForms.Mask(header, Secret, "|"), SecretForms.Mask(address, Secret, "|"));

        (masked.Item1.Contains('|', StringComparison.Ordinal), masked.Item2.Contains('|', StringComparison.Ordinal)).Should().Be((true, true));
        masked.Item1.Length.Should().BeLessThan(header.Length - 10);
    }

    [Fact]
    public void Mask_OtherWords_StayAsTheyAre() => SecretForms.Mask("cGFzcw== path pass", "", "|").Should().Be("cGFzcw== path pass");
}
