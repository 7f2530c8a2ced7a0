using DrOrchestrator.Evidence;

namespace DrOrchestrator.Tests.Evidence;

public sealed class SignedNoteTests
{
    // The example key pair of golang.org/x/mod/sumdb/note: "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz".
    private static readonly EvidenceKey Key = new(Convert.FromBase64String("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1..]);

    [Fact]
    public void Sign_ReferenceText_GivesTheReferenceNote() =>
        SignedNote.Sign("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n", "PeterNeumann", Key).Should().Be(
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
            + "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n");

    [Fact]
    public void VerifierKey_ReferenceKey_GivesTheReferenceLine() =>
        SignedNote.VerifierKey("PeterNeumann", Key.PublicKey).Should().Be("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");

    [Fact]
    public void Open_OwnCheckpoint_GivesItBackAndNothingElse()
    {
        var note = new Checkpoint("dro/00000000/evidence", 12, new byte[32]).Sign(Key);

        Checkpoint.Open(note, "dro/00000000/evidence", Key).Should().BeEquivalentTo(new Checkpoint("dro/00000000/evidence", 12, new byte[32]));
        Checkpoint.Open(note.Replace("\n12\n", "\n13\n"), "dro/00000000/evidence", Key).Should().BeNull();
        Checkpoint.Open(note, "dro/11111111/evidence", Key).Should().BeNull();
        Checkpoint.Open(note, "dro/00000000/evidence", new EvidenceKey(new byte[32])).Should().BeNull();
    }
}
