using System.Text;
using DrOrchestrator.Verifier.Log;

namespace DrOrchestrator.Verifier.Tests.Log;

/// <summary>The example of Go's golang.org/x/mod/sumdb/note, which C2SP signed-note describes.</summary>
public sealed class NoteTests
{
    private const string Key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n";

    private const string Text =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    private const string Signature = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    [Fact]
    public void HasSigned_ReferenceNote_IsTrue() => Opens(Text + "\n" + Signature).Should().BeTrue();

    [Fact]
    public void HasSigned_TextChanged_IsFalse() => Opens(Text.Replace("your", "my") + "\n" + Signature).Should().BeFalse();

    [Fact]
    public void HasSigned_ReferenceNoteWithACosignature_IsTrue() => Opens(Text + "\n" + "— witness AAAAAAAA\n" + Signature).Should().BeTrue();

    [Fact]
    public void HasSigned_NameOfAnother_IsFalse() => Opens(Text + "\n" + Signature.Replace("PeterNeumann", "EnochRoot")).Should().BeFalse();

    [Theory]
    [InlineData("BwJnAM=", "BwJnAN=")] // the two bits that base64 does not use
    [InlineData("BwJnAM=", "BwJnAM")]
    [InlineData("—", "-")]
    [InlineData("PeterNeumann ", "PeterNeumann  ")]
    public void Parse_AnotherSpellingOfASignature_IsRefused(string right, string wrong)
    {
        Signature.Should().Contain(right);
        var parse = () => Note.Parse(Encoding.UTF8.GetBytes(Text + "\n" + Signature.Replace(right, wrong)), "checkpoint");

        parse.Should().Throw<PackFlawException>().Which.Problem.Place.Should().Be("signature line 1");
    }

    [Fact]
    public void Parse_KeyWithAnotherId_IsRefused()
    {
        var parse = () => VerifierKey.Parse(Encoding.UTF8.GetBytes(Key.Replace("c74f20a3", "c74f20a4")), "key");

        parse.Should().Throw<PackFlawException>().Which.Problem.Expected.Should().Be("c74f20a3, as name and key give it");
    }

    private static bool Opens(string note) => VerifierKey.Parse(Encoding.UTF8.GetBytes(Key), "key").HasSigned(Note.Parse(Encoding.UTF8.GetBytes(note), "checkpoint"));
}
