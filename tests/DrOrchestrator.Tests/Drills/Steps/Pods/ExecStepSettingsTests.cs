using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

public sealed class ExecStepSettingsTests
{
    [Theory]
    [InlineData("""{"namespace":"l","command":["a"]}""", "no 'pod', no 'workload' and no 'selector'")]
    [InlineData("""{"namespace":"l","pod":"p","selector":"a=b","command":["a"]}""", "'pod' and 'selector'")]
    [InlineData("""{"namespace":"l","workload":"pod/p","command":["a"]}""", "'pod/p' is no workload; allowed: deployment/NAME, statefulset/NAME")]
    [InlineData("""{"namespace":"l","pod":"p","command":["${steps.a.program}"]}""", "'command' begins with '${steps.a.program}'")]
    [InlineData("""{"namespace":"l","pod":"p","command":["psql","--password=hunter2"]}""", "'command' has a value at '--password', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["env","PGPASSWORD=hunter2","psql"]}""", "'command' has a value at 'PGPASSWORD', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["app"],"observe":["is","--token","abc"]}""", "'observe' has a value at '--token', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["psql","postgres://u:hunter2@db/x"]}""", "'command' has a URL with a password in it")]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","psql \"postgres://u:hunter2@db/x\""]}""", "'command' has a URL with a password in it")]
    [InlineData("""{"namespace":"l","pod":"p","command":["psql","postgres://db/x?user=u&password=hunter2"]}""", "'command' has a value at 'password', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["app"],"observe":["sh","-c","is --user u --password=hunter2"]}""", "'observe' has a value at '--password', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","PGPASSWORD='hunter2' psql"]}""", "'command' has a value at 'PGPASSWORD', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","app --token hunter2"]}""", "'command' has a value at '--token', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["helm","--set=db.password=hunter2"]}""", "'command' has a value at 'db.password', which by its name holds a secret")]
    [InlineData("""{"namespace":"l","pod":"p","command":["a"],"success":["137"]}""", "'success' has '137'")]
    [InlineData("""{"namespace":"l","pod":"p","command":["a"],"happened":["1"]}""", "'happened' without 'observe'")]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","psql password=$PGPASSWORD","--token","--password-file=/run/x"]}""", null)]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","app --password=$(cat /run/x) --token \"${TOKEN}\"; PGPASSWORD=\"$PW\" psql postgres://u:$PGPASSWORD@db/x postgres://u:${PW}@db/x postgres://u:$(PW)@db/x"]}""", null)]
    [InlineData("""{"namespace":"l","pod":"p","command":["sh","-c","[ \"$token\" = x ] && app --password-stdin < /run/x; until psql postgres://db:5432/x; do sleep 1; done"]}""", null)]
    public void Judge_Parameters_SaysWhatIsWrong(string with, string? found) =>
        ExecStepSettings.Judge(StepBench.Parameters(with)).Select(problem => problem.Found).Should().Equal(found is null ? [] : [found]);
}
