namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of a rehearsal's credentials, tried at production. What the cluster or the server answered stays as it is.</summary>
internal static class RehearsalPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // checks
        new("rehearsal-powerless {own:name} at {site:name} {space:name}", "预演凭据对生产无权限：{own} 的凭据，于 {site} 的 {space}"),
        new("rehearsal-powerless {own:name} at {database:name}", "预演凭据对生产无权限：{own} 的凭据，于数据库 {database}"),

        new("rehearsal-powerless untried", "预演凭据对生产无权限：未试行的部分"),
        new("rehearsal-powerless secret {own:name}", "预演凭据对生产无权限：密钥 {own}"),

        // values
        new("tries refused: {tried:figure}; rights denied: {asked:figure}", "{tried} 次试行均被拒绝；{asked} 项权限均无"),
        new("it has: {rights:free}", "仍有权限：{rights}"),
        new("nothing was tried", "没有可以试行的操作"),
        new("no clear answer to {verb:name} {right:name}: {words:free}", "对 {verb} {right} 没有明确应答：{words}"),
        new("sign-in refused: {words:sentence}", "登录被拒绝：{words}"),
        new("it asks for a password", "服务器要求密码"),
        new("user {user:name} may sign in, and has no right to act", "账号 {user} 可以登录，但没有任何操作权限"),
        new("user {user:name} may sign in, and has: {rights:free}", "账号 {user} 可以登录，且有权限：{rights}"),

        new("a secret of its own", "为预演专用的密钥"),
        new("it is the secret in {place:name}, which {whose:sentence} uses live", "它就是 {place} 中的密钥，由{whose}在实际运行中使用"),
        new("step '{step:name}' of plan '{plan:name}'", "预案 {plan} 的步骤 {step}"),
        new("step '{step:name}'", "步骤 {step}"),
        new("database '{database:name}'", "数据库 {database}"),
        new("the environment variable {name:name} is not set", "未设置环境变量 {name}"),

        new("not tried at production: {steps:free}", "未对生产试行：{steps}"),
        new("nothing of it acts with a credential", "预演中没有任何步骤使用凭据"),
        new("{site:name} does not know the credential of {own:name}, and neither does {home:name} now: it may be known there later", "{site} 不认识 {own} 的凭据，而 {home} 目前也不认识：日后可能又被认可"),
        new("{site:name} does not know the credential of {own:name}, nor its own now: it may know both later", "{site} 不认识 {own} 的凭据，目前也不认识自己的凭据：日后可能又都认可"),

        // limits
        new("named, and judged when the plan is read", "逐一列明，并在读取预案时判定"),
        new("no secret of production", "不是生产环境的密钥"),
        new("no right at all", "没有任何权限"),
        new("no sign-in, or no right to act", "不能登录，或没有任何操作权限"),

        // sources
        new("access reviews and dry runs in the Kubernetes API of {site:name} with the credential of {own:name}", "以 {own} 的凭据对 {site} 的 Kubernetes API 做权限查询和试运行"),
        new("sign-in to {database:name} with the credential of {own:name}", "以 {own} 的凭据登录 {database}"),

        new("secrets compared by what they say", "按内容比对密钥"),

        new("the plan", "预案"),

        // remedies
        new("See that {place:name} can be read.", "请确认可以读取 {place}。"),
        new("See that {place:name} can be read, which {whose:sentence} uses live.", "请确认可以读取由{whose}在实际运行中使用的 {place}。"),
        new("Give {whose:sentence} a secret of the isolated environment, and take it the one of production. Then start the rehearsal again.", "请为{whose}改用隔离环境的密钥，并收回生产环境的密钥。然后重新开始预演。"),
        new(
            "Take these rights in namespace {space:name} of {site:name} from the user of {own:name}'s kubeconfig: {rights:free}. Then start the rehearsal again.",
            "请在 {site} 的命名空间 {space} 中收回 {own} 的 kubeconfig 所用账号的以下权限：{rights}。然后重新开始预演。"),
        new("See that the API of {site:name} answers to the credential of {own:name}: with a refusal.", "请确认 {site} 的 API 对 {own} 的凭据有应答，且应答为拒绝。"),
        new(
            "At {database:name}, take the sign-in from user {user:name} (pg_hba.conf, or REVOKE CONNECT), or these rights: {rights:free}. Then start the rehearsal again.",
            "请在 {database} 上取消账号 {user} 的登录（pg_hba.conf，或 REVOKE CONNECT），或收回以下权限：{rights}。然后重新开始预演。"),
        new("See that {database:name} answers to the credential of {own:name}: with a refusal.", "请确认 {database} 对 {own} 的凭据有应答，且应答为拒绝。"),
    ];
}
