using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Pods;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

public sealed class JobSettingsTests
{
    [Theory]
    [InlineData("""{"command":["a"],"env-from-secrets":["lab/login"]}""", "'env-from-secrets' has 'lab/login'")]
    [InlineData("""{"command":["a"],"pull-secrets":["Pull"]}""", "'pull-secrets' has 'Pull'")]
    [InlineData("""{"command":["a"],"scratch":"10 Gi"}""", "'scratch' is '10 Gi'")]
    [InlineData("""{"command":["a"],"scratch":"0Gi"}""", "'scratch' is '0Gi'")]
    [InlineData("""{"command":["a"],"scratch":"5000m"}""", "'scratch' is '5000m'")]
    [InlineData("""{"command":["a"],"scratch-class":"fast"}""", "'scratch-class' without 'scratch'")]
    [InlineData("""{"command":["a"],"scratch":"1Gi","scratch-class":"Fast_"}""", "'scratch-class' is 'Fast_'")]
    [InlineData("""{"command":["a"],"scratch":"1Gi","claim":"c","run-as":26}""", "'run-as' beside 'scratch' and 'claim'")]
    [InlineData("""{"command":["a"],"run-as":0}""", "'run-as' is '0'")]
    [InlineData("""{"command":["a"],"resources":{"cpu":"2"}}""", """{"cpu":"2"}""")]
    [InlineData("""{"command":["a"],"resources":{"limits":{"disk":"2"}}}""", """{"limits":{"disk":"2"}}""")]
    [InlineData("""{"command":["a"],"resources":{"limits":{"cpu":"two"}}}""", """{"limits":{"cpu":"two"}}""")]
    [InlineData("""{"command":["a"],"resources":{}}""", "{}")]
    [InlineData("""{"command":["a"],"resources":{"requests":{"memory":"2Gi"},"limits":{"memory":"1500Mi"}}}""", "it requests 2Gi of memory and is limited to 1500Mi")]
    [InlineData("""{"command":["a"],"env":{"PGPASSWORD":"hunter2"}}""", "'env' has a value at 'PGPASSWORD', which by its name or form holds a secret")]
    [InlineData("""{"command":["a"],"env":{"REPO":"s3://u:hunter2@store/x"}}""", "'env' has a value at 'REPO', which by its name or form holds a secret")]
    [InlineData("""{"command":["a"],"env":{"DSN":"host=db password=abc"}}""", "'env' has a value at 'DSN', which by its name or form holds a secret")]
    [InlineData("""{"command":["a"],"env":{"JAVA_OPTS":"-Ddb.password=abc"}}""", "'env' has a value at 'JAVA_OPTS', which by its name or form holds a secret")]
    [InlineData("""{"command":["a"],"env":{"PGPASSWORD":"$(HEAD)hunter2"}}""", "'env' has a value at 'PGPASSWORD', which by its name or form holds a secret")]
    [InlineData("""{"command":["a"],"env":{"PGBACKREST_REPO1_CIPHER_PASS":"abc"}}""", "'env' has a value at 'PGBACKREST_REPO1_CIPHER_PASS', which by its name or form holds a secret")]
    [InlineData("""{"command":["pgbackrest","--repo1-cipher-pass=abc"]}""", "'command' has a value at '--repo1-cipher-pass', which by its name holds a secret")]
    [InlineData("""{"command":["a"],"env":{"PGPASSWORD":"$(PW)","DSN":"host=db password=$(PW)","BYPASS_CACHE":"1","COMPASS":"north","OPTS":"--pass-through=yes --bypass=1"}}""", null)]
    [InlineData("""{"command":["openssl","enc","-d","-pass","env:REPO_KEY"]}""", null)]
    [InlineData("""{"command":["sh","-c","openssl enc -d -pass env:REPO_KEY"]}""", null)]
    [InlineData("""{"command":["a"],"scratch":"1111111111111111111111111111111111111111"}""", "'scratch' is '1111111111111111111111111111111111111111'")]
    [InlineData("""{"command":["a"],"resources":{"limits":{"memory":"999999999999999.999999999Ti"}}}""", null)]
    [InlineData("""{"command":["a"],"resources":{"limits":{"cpu":"1111111111111111111111111111111111111111"}}}""", """{"limits":{"cpu":"1111111111111111111111111111111111111111"}}""")]
    [InlineData("""{"command":["restore","--token","hunter2"]}""", "'command' has a value at '--token', which by its name holds a secret")]
    [InlineData("""{"command":["a"],"scratch":"1.5Ti","scratch-class":"fast-1.local","run-as":26,"env-from-secrets":["a.b-c"],"pull-secrets":["p"],"resources":{"requests":{"cpu":1,"memory":"2Gi"},"limits":{"cpu":0.5e1,"memory":"2048Mi"}}}""", """{"requests":{"cpu":1,"memory":"2Gi"},"limits":{"cpu":0.5e1,"memory":"2048Mi"}}""")]
    [InlineData("""{"command":["sh","-c","restore --password=$PGPASSWORD"],"scratch":"1.5Ti","scratch-class":"fast-1.local","run-as":26,"env":{"URL":"postgres://u:$(PW)@db/x"},"env-from-secrets":["a.b-c"],"pull-secrets":["p"],"resources":{"requests":{"cpu":1,"memory":"2Gi"},"limits":{"cpu":2.5,"memory":"2048Mi"}}}""", null)]
    [InlineData("""{"command":["a"],"scratch":"${steps.x.size}","scratch-class":"${steps.x.storage}","env-from-secrets":["${steps.x.secret}"],"resources":{"limits":{"memory":"${steps.x.memory}"}}}""", null)]
    [InlineData("""{"scratch-class":"slow"}""", null)]
    public void Judge_Parameters_SaysWhatIsWrong(string with, string? found) =>
        JobSettings.Judge(StepBench.Parameters(with)).Select(problem => problem.Found).Should().Equal(found is null ? [] : [found]);

    [Fact]
    public void Of_AValueOfAnotherStepThatIsNone_EndsTheAttempt()
    {
        var act = () => JobSettings.Of(StepBench.Parameters("""{"command":["a"],"scratch":"much"}"""));

        act.Should().Throw<StepFailedException>().WithMessage("scratch: 'scratch' is 'much'; allowed: a size: 500Mi, 50Gi, 2Ti");
    }
}
