using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>One change that spoils a good estate, and everything that must then be reported.</summary>
public sealed class BadEstateTests
{
    public static TheoryData<string, string, string, string[]> Cases => new()
    {
        {
            "UnknownKey",
            "serving: primary\n",
            "seving: primary\n",
            [
                "estate.yaml:8:5: a system without 'serving'; allowed: the name of a site. Add 'serving:'.",
                "estate.yaml:13:5: unknown key 'seving' in a system; allowed: name, title, department, owner, bia, serving, standbys, functions, objectives, fintech-product, depends-on, recovery-priority, qos, products, attestations, service-calendar, ... (17 in all); did you mean 'serving'? Correct the key or remove it.",
            ]
        },
        {
            "UnknownTopLevelKey",
            "people:",
            "peple:",
            [
                "estate.yaml:31:1: unknown key 'peple' in a part of an estate; allowed: estate, sandbox, sites, systems, endpoints, probes, recovery-points, people, calendars, plans, overlays, service-calendars, vantage, attestations, databases, freezes, ... (23 in all); did you mean 'people'? Correct the key or remove it.",
            ]
        },
        {
            "DuplicateKey",
            "    department: Payments\n",
            "    department: Payments\n    department: Retail\n",
            [
                "estate.yaml:11:5: duplicate key 'department', first at line 10. Keep one of the two.",
            ]
        },
        {
            "TextWhereListExpected",
            "standbys: [dr]",
            "standbys: dr",
            [
                "estate.yaml:14:15: 'standbys' is a text; allowed: a list. Write '[a, b]', or lines that begin with '- '.",
                "estate.yaml:28:45: 'ledger' is not at the site 'dr'; allowed: primary. Name a site of the system.",
            ]
        },
        {
            "ListWhereTextExpected",
            "department: Payments\n",
            "department: [Payments]\n",
            [
                "estate.yaml:10:17: 'department' is a list; allowed: a text. Write one value.",
            ]
        },
        {
            "TextWhereMappingExpected",
            "    objectives: { rto: 2h, rpo: 1h }",
            "    objectives: 2h",
            [
                "estate.yaml:16:17: a text instead of objectives; allowed: a mapping of keys. Write 'key: value' lines.",
            ]
        },
        {
            "ScalarWhereItemExpected",
            "  - { name: paper, role: remote }",
            "  - paper",
            [
                "estate.yaml:6:5: a text instead of a site; allowed: a mapping of keys. Write 'key: value' lines.",
            ]
        },
        {
            "MissingKey",
            "{ name: paper, role: remote }",
            "{ name: paper }",
            [
                "estate.yaml:6:5: a site without 'role'; allowed: production, same-city, remote. Add 'role:'.",
            ]
        },
        {
            "BadEnumWord",
            "role: same-city",
            "role: samecity",
            [
                "estate.yaml:5:23: 'role' is 'samecity'; allowed: production, same-city, remote; did you mean 'same-city'? Use one of the allowed words.",
            ]
        },
        {
            "BadSeverity",
            "severity: moderate",
            "severity: Moderat",
            [
                "estate.yaml:12:49: 'severity' is 'Moderat'; allowed: minor, moderate, severe; did you mean 'moderate'? Use one of the allowed words.",
            ]
        },
        {
            "EmptyList",
            "bia: [ { scope: financial-rights, severity: moderate, reason: \"Customers cannot pay\", signer: Wang } ]",
            "bia: []",
            [
                "estate.yaml:12:10: 'bia' is an empty list; allowed: at least one item. Add an item.",
            ]
        },
        {
            "BadDuration",
            "interval: 250ms\n",
            "interval: 250 ms\n",
            [
                "estate.yaml:25:15: 'interval' is '250 ms'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Write a duration.",
            ]
        },
        {
            "DurationWithoutUnit",
            "rto: 2h",
            "rto: 2",
            [
                "estate.yaml:16:24: 'rto' is '2'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Write a duration.",
            ]
        },
        {
            "IntervalTooShort",
            "interval: 250ms\n",
            "interval: 10ms\n",
            [
                "estate.yaml:25:15: 'interval' is '10ms'; allowed: 50ms to 1h. Choose a value in range.",
            ]
        },
        {
            "TimeoutTooLong",
            "    timeout: 1s\n",
            "    timeout: 2m\n",
            [
                "estate.yaml:26:14: 'timeout' is '2m'; allowed: 1ms to 1m. Choose a value in range.",
            ]
        },
        {
            "ConfirmationsOutOfRange",
            "confirmations: 3",
            "confirmations: 11",
            [
                "estate.yaml:28:120: 'confirmations' is '11'; allowed: a whole number from 1 to 10. Correct the value.",
            ]
        },
        {
            "ConfirmationsOfTooFew",
            "confirmations: 3",
            "confirmations: { failures: 3, of: 2 }",
            [
                "estate.yaml:28:139: 3 failures of 2 results; allowed: at least as many results as failures. Raise 'of', or lower 'failures'.",
            ]
        },
        {
            "BadFloors",
            "    timeout: 1s\n",
            "    timeout: 1s\n    lqa: { latency: { quantile: 95, at-most: 300ms, over: 5m }, success: { at-least: 101%, over: 5m, interruption: yes }, throughput: { at-least: 0, over: 2h } }\n",
            [
                "estate.yaml:27:33: 'quantile' is '95'; allowed: a percentage such as p95 or p99.9. Correct the value.",
                "estate.yaml:27:86: 'at-least' is '101%'; allowed: a percentage such as 99%. Correct the value.",
                "estate.yaml:27:116: 'interruption' is 'yes'; allowed: true, false. Correct the value.",
                "estate.yaml:27:147: 'at-least' is '0'; allowed: a number over 0, in the unit the probe measures. Correct the value.",
                "estate.yaml:27:156: 'over' is '2h'; allowed: 10s to 1h. Choose a value in range.",
            ]
        },
        {
            "BadServiceCalendar",
            "people:",
            """
            time-zone: Asia/Beijing
            maintenance: { notice: 5m }
            service-calendars:
              - name: counter
                time-zone: Nowhere/City
                hours: { mon-fri: ["08:00-25:00", "09:00-12:00", "11:00-13:00"], fri: [], mondy: [] }
                exceptions:
                  - { date: 2026-02-30 }
                  - { date: 2026-10-01, hours: ["24:00-08:00"] }
                  - { date: 2026-10-01 }
            people:
            """,
            [
                "estate.yaml:31:12: 'time-zone' is 'Asia/Beijing'; allowed: an IANA time zone such as UTC or Asia/Shanghai. Correct the value.",
                "estate.yaml:32:24: 'notice' is '5m'; allowed: 1h to 90d. Choose a value in range.",
                "estate.yaml:35:16: 'time-zone' is 'Nowhere/City'; allowed: an IANA time zone such as UTC or Asia/Shanghai. Correct the value.",
                "estate.yaml:36:24: 'mon-fri' holds '08:00-25:00'; allowed: hours such as 08:00-18:00, 00:00-24:00 or, over midnight, 22:00-02:00. Correct the hours.",
                "estate.yaml:36:54: the hours '11:00-13:00' overlap others of the same day. Join them.",
                "estate.yaml:36:70: 'fri' a second time. Keep one of the two.",
                "estate.yaml:36:79: the day 'mondy'; allowed: mon, tue, wed, thu, fri, sat, sun, mon-fri. Write a day, or two days with a hyphen.",
                "estate.yaml:38:17: 'date' is '2026-02-30'; allowed: a date such as 2026-10-01. Correct the value.",
                "estate.yaml:39:37: 'hours' holds '24:00-08:00'; allowed: hours such as 08:00-18:00, 00:00-24:00 or, over midnight, 22:00-02:00. Correct the hours.",
                "estate.yaml:40:17: '2026-10-01' a second time. Keep one of the two.",
            ]
        },
        {
            "UnknownServiceCalendar",
            "    department: Payments\n",
            "    department: Payments\n    service-calendar: conter\n",
            [
                "estate.yaml:11:23: there is no service calendar 'conter'; allowed: none is declared. Declare the service calendar or correct the name.",
            ]
        },
        {
            "BadUrl",
            "url: \"http://127.0.0.1:1234\", token",
            "url: \"ftp://127.0.0.1:1234\", token",
            [
                "estate.yaml:18:30: 'url' has a value that does not fit; allowed: an absolute http:// or https:// address without user and password. Correct the value.",
            ]
        },
        {
            "UrlWithPassword",
            "url: \"http://127.0.0.1:1234\", token",
            "url: \"http://u:hunter2@127.0.0.1\", token",
            [
                "estate.yaml:18:30: 'url' has a value that does not fit; allowed: an absolute http:// or https:// address without user and password. Correct the value.",
            ]
        },
        {
            "EmptyText",
            "owner: requester",
            "owner: \"  \"",
            [
                "estate.yaml:11:12: 'owner' is empty; allowed: a text. Write a value.",
            ]
        },
        {
            "NothingWhereTextExpected",
            "owner: requester",
            "owner:",
            [
                "estate.yaml:11:11: 'owner' is empty; allowed: a text. Write a value.",
            ]
        },
        {
            "BadName",
            "estate: sandbox",
            "estate: Sand_box",
            [
                "estate.yaml:1:9: 'estate' is 'Sand_box'; allowed: a name of lower-case letters, digits and hyphens, up to 40 characters. Correct the value.",
            ]
        },
        {
            "DuplicateName",
            "{ name: paper, role: remote }",
            "{ name: dr, role: remote }",
            [
                "estate.yaml:6:13: duplicate site 'dr', first at estate.yaml:5. Give it another name.",
            ]
        },
        {
            "DuplicatePerson",
            "{ id: chen,",
            "{ id: verifier,",
            [
                "estate.yaml:34:11: duplicate person 'verifier', first at estate.yaml:33. Give it another name.",
            ]
        },
        {
            "MissingSite",
            "serving: primary\n",
            "serving: primry\n",
            [
                "estate.yaml:13:14: there is no site 'primry'; allowed: primary, dr, paper; did you mean 'primary'? Declare the site or correct the name.",
            ]
        },
        {
            "ServingIsStandby",
            "standbys: [dr]",
            "standbys: [primary]",
            [
                "estate.yaml:14:16: the serving site 'primary' is its own standby. Name another site.",
                "estate.yaml:28:45: 'ledger' is not at the site 'dr'; allowed: primary. Name a site of the system.",
            ]
        },
        {
            "StandbyTwice",
            "standbys: [dr]",
            "standbys: [dr, dr]",
            [
                "estate.yaml:14:20: 'dr' stands twice in 'standbys'. Keep one of the two.",
            ]
        },
        {
            "MissingSystemOfProbe",
            "name: dr-store, system: ledger",
            "name: dr-store, system: leger",
            [
                "estate.yaml:28:31: there is no system 'leger'; allowed: ledger; did you mean 'ledger'? Declare the system or correct the name.",
            ]
        },
        {
            "ProbeAtForeignSite",
            "system: ledger, site: dr, role",
            "system: ledger, site: paper, role",
            [
                "estate.yaml:28:45: 'ledger' is not at the site 'paper'; allowed: primary, dr. Name a site of the system.",
            ]
        },
        {
            "ServiceProbeWithoutFunction",
            "    function: posting\n",
            "",
            [
                "estate.yaml:20:5: a service probe without 'function'; allowed: the name of a function of the system. Add 'function:'.",
            ]
        },
        {
            "FunctionInStandbyProbe",
            "role: standby, kind",
            "role: standby, function: posting, kind",
            [
                "estate.yaml:28:74: 'function' in a standby probe; allowed: service probes only. Remove 'function', or make it a service probe.",
            ]
        },
        {
            "MissingFunction",
            "function: posting\n",
            "function: postin\n",
            [
                "estate.yaml:23:15: 'ledger' has no function 'postin'; allowed: posting, report; did you mean 'posting'? Declare the function or correct the name.",
            ]
        },
        {
            "NoCriticalFunction",
            ", critical: true",
            "",
            [
                "estate.yaml:15:16: no function is critical; allowed: at least one with 'critical: true'. Mark the functions without which the system is down.",
            ]
        },
        {
            "BadFlag",
            "critical: true",
            "critical: yes",
            [
                "estate.yaml:15:45: 'critical' is 'yes'; allowed: true, false. Correct the value.",
            ]
        },
        {
            "BadProbeKind",
            "kind: http\n",
            "kind: htpt\n",
            [
                "estate.yaml:24:11: 'kind' is 'htpt'; allowed: http, tcp, dns, icmp, postgres, kubernetes, prometheus, command; did you mean 'http'? Use one of the allowed words.",
            ]
        },
        {
            "BadPort",
            "port: 4321",
            "port: 70000",
            [
                "estate.yaml:28:154: 'port' is '70000'; allowed: a whole number from 1 to 65535. Correct the value.",
            ]
        },
        {
            "BadStatus",
            "[201, 200]",
            "[201, ok]",
            [
                "estate.yaml:27:166: 'expect-status' holds 'ok'; allowed: status codes from 100 to 599, or ranges of them such as 200-299. Correct the value.",
            ]
        },
        {
            "BadMethod",
            "method: POST",
            "method: post",
            [
                "estate.yaml:27:66: 'method' is 'post'; allowed: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; did you mean 'POST'? Use one of the allowed words.",
            ]
        },
        {
            "BadHeader",
            "{ Content-Type: application/json }",
            "{ \"Content Type\": secret-value }",
            [
                "estate.yaml:27:83: the header 'Content Type'; allowed: letters, digits and hyphens. Correct the name of the header.",
            ]
        },
        {
            "UnknownProbeSetting",
            "fresh-connection: true",
            "fresh-conection: true",
            [
                "estate.yaml:27:197: unknown key 'fresh-conection' in the settings of kind 'http'; allowed: url, method, headers, body, expect-status, body-contains, body-does-not-contain, body-matches, json, expect-headers, redirects, fresh-connection, bearer, basic, tls, ip, ... (18 in all); did you mean 'fresh-connection'? Correct the key or remove it.",
            ]
        },
        {
            "RecoveryPointWithoutSite",
            ", dr: \"http://127.0.0.1:2/status\"",
            "",
            [
                "estate.yaml:30:111: no address for 'dr', a site of 'ledger'; allowed: every site of the system. Add 'dr:'.",
            ]
        },
        {
            "DependsOnMissing",
            "    objectives:",
            "    depends-on: [cards]\n    objectives:",
            [
                "estate.yaml:16:18: there is no system 'cards'; allowed: ledger. Declare the system or correct the name.",
            ]
        },
        {
            "DependsOnItself",
            "    objectives:",
            "    depends-on: [ledger]\n    objectives:",
            [
                "estate.yaml:16:17: systems depend on each other in a circle: ledger -> ledger. Remove one of these dependencies.",
            ]
        },
        {
            "KubeconfigMissing",
            "kubeconfig: ../primary.kubeconfig, context: primary",
            "kubeconfig: ../nowhere.yaml, context: primary",
            [
                "estate.yaml:4:67: there is no file '../nowhere.yaml'; allowed: an existing file, relative to the estate's folder. Put the file there or correct the path.",
            ]
        },
        {
            "KubeconfigWithoutContext",
            ", context: dr",
            "",
            [
                "estate.yaml:5:5: a site with 'kubeconfig' and without 'context'; allowed: both or neither. Add 'context:'.",
            ]
        },
        {
            "TokenFileMissing",
            "../admin.token",
            "../absent.token",
            [
                "estate.yaml:18:67: there is no file '../absent.token'; allowed: an existing file, relative to the estate's folder. Put the file there or correct the path.",
            ]
        },
        {
            "AdminAndAuditor",
            "roles: [approver, viewer]",
            "roles: [approver, admin, auditor]",
            [
                "estate.yaml:33:52: the roles admin and auditor together; allowed: one of the two. Give one of them to another person.",
            ]
        },
        {
            "BadTokenHash",
            "token-sha256: AAAA",
            "token-sha256: ZAAA",
            [
                "estate.yaml:32:85: 'token-sha256' has a value that does not fit; allowed: 64 hexadecimal digits. Correct the value.",
            ]
        },
        {
            "SameToken",
            "{ id: chen,",
            "{ id: chen, token-sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,",
            [
                "estate.yaml:33:31: the same token as 'requester'; allowed: a token of one's own. Make a new token for one of the two.",
            ]
        },
        {
            "AdminAndAuditorApart",
            "roles: [approver, viewer]",
            "roles: [ approver, { admin: [live] }, { auditor: [rehearsal] } ]",
            [
                "estate.yaml:33:52: the roles admin and auditor together; allowed: one of the two. Give one of them to another person.",
            ]
        },
        {
            "RoleForAModeNobodyKnows",
            "roles: [approver, viewer]",
            "roles: [viewer, { approver: [rehersal, live] }]",
            [
                "estate.yaml:33:74: a mode is 'rehersal'; allowed: tabletop, rehearsal, live, real; did you mean 'rehearsal'? Use one of the allowed words.",
            ]
        },
        {
            "RoleWithOneModeInsteadOfAList",
            "roles: [approver, viewer]",
            "roles: [viewer, { approver: live }]",
            [
                "estate.yaml:33:73: the modes of 'approver' are a text; allowed: a list of tabletop, rehearsal, live, real. Write the modes as a list, or the role alone for every mode.",
            ]
        },
        {
            "RoleTwiceOnceLimited",
            "roles: [approver, viewer]",
            "roles: [approver, { approver: [live] }]",
            [
                "estate.yaml:33:65: 'approver' stands twice in 'roles'. Keep one of the two.",
            ]
        },
        {
            "LocalOperatorNobodyKnows",
            "bcm:",
            "local-operator: reqester\nbcm:",
            [
                "estate.yaml:38:17: there is no person 'reqester'; allowed: requester, chen, verifier; did you mean 'requester'? Name who uses the local operator's token: that person approves no run asked with it.",
            ]
        },
        {
            "IndependentTokensAsNobodyKnows",
            "bcm:",
            "independent-tokens: yes\nbcm:",
            [
                "estate.yaml:38:21: 'independent-tokens' is 'yes'; allowed: required, reviewed. Use one of the allowed words.",
            ]
        },
        {
            "FormerIdOfSomebodyElse",
            "{ id: chen,",
            "{ id: chen, formerly: [requester, Old!, cy],",
            [
                "estate.yaml:33:28: 'requester' is the id of a person of this estate; allowed: an id that nobody else has or had. An id is one person's for good, or nobody could tell whose word stands under it: give the other one another id.",
                "estate.yaml:33:39: 'Old!' can have been nobody's id; allowed: lower-case letters, digits and . _ @ -, up to 64 characters, not 'system' or 'operator'. Write the id that the person had in this estate before.",
            ]
        },
        {
            "LocalOperatorsIdTaken",
            "{ id: chen,",
            "{ id: operator,",
            [
                "estate.yaml:33:11: 'id' is 'operator'; allowed: lower-case letters, digits and . _ @ -, up to 64 characters, not 'system' or 'operator'. Correct the value.",
            ]
        },
        {
            "ReservedPersonId",
            "{ id: chen,",
            "{ id: system,",
            [
                "estate.yaml:33:11: 'id' is 'system'; allowed: lower-case letters, digits and . _ @ -, up to 64 characters, not 'system' or 'operator'. Correct the value.",
            ]
        },
        {
            "BadCron",
            "0 0 8 * * ?",
            "every day",
            [
                "estate.yaml:36:81: 'cron' is 'every day'; allowed: a Quartz cron expression: second minute hour day-of-month month day-of-week [year]. Correct the value.",
            ]
        },
        {
            "BadTimeZone",
            "Asia/Shanghai",
            "Asia/Atlantis",
            [
                "estate.yaml:36:107: 'time-zone' is 'Asia/Atlantis'; allowed: an IANA time zone such as UTC or Asia/Shanghai. Correct the value.",
            ]
        },
        {
            "CalendarOfMissingPlan",
            "plan: failover,",
            "plan: failovr,",
            [
                "estate.yaml:36:65: there is no plan 'failovr'; allowed: failover; did you mean 'failover'? Declare the plan or correct the name.",
            ]
        },
        {
            "PlanFileMissing",
            "plans: [failover.yaml]",
            "plans: [failover.yaml, restore.yaml]",
            [
                "estate.yaml:37:24: there is no plan file 'restore.yaml'; allowed: failover.yaml. Put it into the estate's folder or correct the name.",
            ]
        },
        {
            "PlanFileWithFolder",
            "plans: [failover.yaml]",
            "plans: [failover.yaml, ../x.yaml]",
            [
                "estate.yaml:37:24: '../x.yaml' in 'plans'; allowed: the name of a *.yaml or *.yml file, without a folder. Put the plan into the estate's folder and name it.",
            ]
        },
        {
            "UnknownLanguage",
            "title: { en: Core ledger,",
            "title: { en: Core ledger, fr: Grand livre,",
            [
                "estate.yaml:9:31: unknown key 'fr' in a title; allowed: en, zh-CN. Correct the key or remove it.",
            ]
        },
        {
            "Anchor",
            "owner: requester",
            "owner: &o requester",
            [
                "estate.yaml:11:12: an anchor (&). Remove it, and write the value out where it is needed.",
            ]
        },
        {
            "Alias",
            "owner: requester",
            "owner: *o",
            [
                "estate.yaml:11:12: an alias (*). Write the value out.",
            ]
        },
        {
            "Tag",
            "owner: requester",
            "owner: !!str requester",
            [
                "estate.yaml:11:12: a tag (!). Remove it; the key decides the type.",
            ]
        },
        {
            "MergeKey",
            "    owner: requester\n",
            "    owner: requester\n    <<: { a: b }\n",
            [
                "estate.yaml:12:5: a merge key (<<). Write the values out.",
            ]
        },
        {
            "SecondDocument",
            "plans: [failover.yaml]\n",
            "plans: [failover.yaml]\n---\nestate: two\n",
            [
                "estate.yaml:38:1: a second YAML document; allowed: one document in a file. Put it into a file of its own.",
            ]
        },
        {
            "MappingAsKey",
            "    owner: requester\n",
            "    owner: requester\n    ? { a: b }\n    : c\n",
            [
                "estate.yaml:12:7: a mapping as a key; allowed: a text. Write a plain word before the colon.",
            ]
        },
        {
            "Tab",
            "    owner: requester\n",
            "\towner: requester\n",
            [
                "estate.yaml:11:1: a tab in the indentation; allowed: spaces. Replace the tab by spaces.",
            ]
        },
        {
            "InvalidYaml",
            "standbys: [dr]",
            "standbys: [dr",
            [
                "estate.yaml:14:15: no valid YAML: the text cannot be understood from here on (is a bracket left open?). Correct it here or just above; the rest of the file was not read.",
            ]
        },
        {
            "ControlCharacter",
            "owner: requester",
            "owner: reque\u0007ster",
            [
                "estate.yaml:11:17: the control character U+0007; allowed: printable text. Remove it.",
            ]
        },
        {
            "EscapedControlCharacter",
            "owner: requester",
            "owner: \"a\\u001b[31m\"",
            [
                "estate.yaml:11:12: a text with a control character; allowed: printable text. Remove the escape.",
            ]
        },
        {
            "TooDeep",
            "owner: requester",
            "owner: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            [
                "estate.yaml:11:42: nested deeper than 32 levels. Write it flatter.",
            ]
        },
        {
            "AbsenceThatEndsBeforeItBegins",
            "roles: [approver, viewer] }",
            "roles: [approver, viewer], absences: [ { from: 2026-11-30, to: 2026-11-01 } ] }",
            [
                "estate.yaml:33:108: 'to' is 2026-11-01; allowed: 2026-11-30 or later. An absence ends on or after the day it begins.",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Load_OneThingWrong_ReportsExactlyThat(string name, string good, string bad, string[] expected)
    {
        using var folder = new EstateFolderBuilder();
        folder.Replace("estate.yaml", good, bad);

        var errors = folder.LoadErrors();

        errors.Select(error => error.ToString()).Should().Equal(expected, name);
    }
}
