using DrOrchestrator.Drills.Steps.Objects;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class SecretFieldsTests
{
    [Theory]
    [InlineData("PGBACKREST_REPO1_CIPHER_PASS")]
    [InlineData("--repo1-cipher-pass")]
    [InlineData("RCLONE_CONFIG_PASS")]
    [InlineData("SSHPASS")]
    [InlineData("dbPass")]
    [InlineData("pass")]
    [InlineData("AZURE_STORAGE_KEY")]
    [InlineData("REPO_KEY")]
    [InlineData("--repo1-s3-key")]
    [InlineData("repo1-azure-key")]
    [InlineData("cipherKey")]
    [InlineData("BABY_PASS")]
    public void IsNamed_OfASecret(string name) => SecretFields.IsNamed(name).Should().BeTrue();

    [Theory]
    [InlineData("bypass")]
    [InlineData("BYPASS")]
    [InlineData("byPass")]
    [InlineData("by-pass")]
    [InlineData("two_pass")]
    [InlineData("compass")]
    [InlineData("COMPASS")]
    [InlineData("passive")]
    [InlineData("pass-through")]
    [InlineData("BYPASS_CACHE")]
    [InlineData("passenger")]
    [InlineData("primary_key")]
    [InlineData("partitionKey")]
    [InlineData("AZURE_STORAGE_KEY_FILE")]
    public void IsNamed_OfNone(string name) => SecretFields.IsNamed(name).Should().BeFalse();
}
