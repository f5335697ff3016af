# What Terraform 1.11.4 gives for these outputs stands in functions.json (terraform apply, terraform output -json).
variable "queues" {
  type    = map(object({ timeout = number, dlq = optional(bool, true), tags = optional(map(string), {}) }))
  default = { orders = { timeout = "180" }, refunds = { timeout = 60, dlq = false, tags = { a = 1 } } }
}
variable "names" {
  type    = set(string)
  default = ["b", "a", "b", 3]
}
variable "maybe" {
  type    = string
  default = null
}
variable "pair" {
  type    = tuple([string, number])
  default = [1, "2"]
}
locals {
  words  = ["one", "two", "three"]
  nested = [[1, 2], [3, [4, 5]], []]
  people = { ann = { age = 30 }, bob = { age = 20 } }
  json   = jsonencode({ b = [1, true, null], a = "x<y>&\"é\"", "n" = { z = 1.5 } })
  chain  = local.words[0]
}
output "numbers" { value = [abs(-3.5), ceil(1.2), floor(-1.2), signum(-4), max(1, 5, 3), min(4, 2), pow(2, 10), sum([1, 2.5]), parseint("ff", 16), 7 % 3, -7 % 3, 10 / 4, log(16, 2), 1e3, 0.1 + 0.2 < 0.4] }
output "ranges" { value = [range(3), range(1, 4), range(1, 8, 2), range(4, 1), range(0)] }
output "cases" { value = [lower("ÀB"), upper("ab"), title("hello wörld of-x"), strrev("abc"), chomp("a\n\n"), trimspace("  a b "), trim("?!hello?!", "!?"), trimprefix("hello", "he"), trimsuffix("hello", "llo"), trimsuffix("hello", "x")] }
output "parts" { value = [substr("hello world", 1, 4), substr("hello", -3, -1), substr("hello", 1, 100), split(",", "a,b,,c"), split(",", ""), split("", "abc"), join("-", ["a", "b"], ["c"]), indent(2, "a\nb\nc")] }
output "tests" { value = [startswith("abc", "ab"), endswith("abc", "x"), strcontains("abc", "b"), contains(["a"], "a"), contains([1], "1"), alltrue([]), alltrue([true, "true"]), anytrue([false, true]), anytrue([])] }
output "replaced" { value = [replace("1 + 2", "+", "-"), replace("hello world", "/w.*d/", "x"), replace("a1b22", "/([a-z])([0-9]+)/", "$2$1"), replace("a.b.c", ".", "$1"), replace("ab", "/(?P<first>a)/", "[$${first}]")] }
output "matched" { value = [regex("[a-z]+", "53453abc345"), regex("(\\d+)-(\\d+)", "x 12-34"), regex("(?P<y>\\d{4})-(?P<m>\\d\\d)", "on 2026-11"), regexall("[a-z]", "1a2b"), regexall("x", "abc"), can(regex("x", "abc"))] }
output "formatted" { value = [format("%s is %d, %v, %q", "a", 3, 1.5, "x\"y"), format("%05d|%5s|%-5s|%.2f|%x|%X|%o|%b|%t|%%", 42, "ab", "ab", 3.14159, 255, 255, 8, 5, true), format("%v %v", [1, "a"], { b = null }), format("%[2]s %[1]s", "a", "b"), formatlist("%s-%s", ["a", "b"], "x"), format("%+d", 3), format("%08.3f", 3.14159), format("%s", 1000000)] }
output "lists" { value = [concat([1], [2, 3]), flatten(local.nested), distinct(["a", "b", "a"]), compact(["a", "", null, "b"]), chunklist([1, 2, 3], 2), element(["a", "b", "c"], 4), index(["a", "b"], "b"), reverse([1, 2, 3]), slice([1, 2, 3, 4], 1, 3), sort(["b", "a", "C"]), coalescelist([], [1]), length("añ"), length([1]), length({ a = 1 })] }
output "maps" { value = [keys({ b = 1, a = 2 }), values({ b = 1, a = 2 }), merge({ a = 1, b = 2 }, { b = 3 }, null), lookup({ a = 1 }, "a", 0), lookup({ a = 1 }, "z", 0), zipmap(["a", "b"], [1, 2]), transpose({ a = ["x", "y"], b = ["y"] }), matchkeys(["i1", "i2", "i3"], ["a", "b", "a"], ["a"])] }
output "sets" { value = [toset(["b", "a", "b"]), setunion(["a"], ["b", "a"]), setintersection(["a", "b"], ["b", "c"]), setsubtract(["a", "b"], ["b"]), setproduct(["a", "b"], [1, 2]), [for k, v in toset(["x"]) : "${k}=${v}"], tolist(toset(["b", "a"]))] }
output "choices" { value = [coalesce("", null, "a"), coalesce(var.maybe, "fallback"), one([]), one(["a"]), try(local.people.zoe.age, "none"), try(local.people["bob"].age, 0), can(local.people.zoe), var.maybe == null ? "null" : "set", true ? 1 : 2, !false && (1 < 2 || false)] }
output "encoded" { value = [local.json, base64encode("héllo"), base64decode("aMOpbGxv"), urlencode("a b/c&d=é*"), jsondecode(local.json), csvdecode("a,b\n1,\"x,y\"\n"), yamldecode("a: 1\nb: [x, true]\nc:\n  - d: null\n"), yamldecode("- 1\n- b\n")] }
output "hashed" { value = [md5("a"), sha1("a"), sha256("a"), sha512("a"), base64sha256("a"), base64sha512("a")] }
output "networks" { value = [cidrhost("10.12.112.0/20", 16), cidrhost("10.0.0.0/24", -1), cidrnetmask("172.16.0.0/12"), cidrsubnet("172.16.0.0/12", 4, 2), cidrsubnets("10.1.0.0/16", 4, 4, 8, 4), cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162), cidrhost("fd00::/64", 1)] }
output "types" { value = [tostring(1.5), tostring(true), tonumber("12"), tobool("true"), tolist([1]), tomap({ a = 1 }), tostring(1000000000000000000000), 12345678901234567890 == 1, "1" == 1, [1] == [1], { a = 1 } == { a = 1 }] }
output "paths" { value = [basename("a/b.txt"), dirname("a/b.txt"), basename("x"), dirname("x"), path.module, path.root] }
output "templates" {
  value = [
    "a ${1 + 1} b",
    "${local.words}",
    "%{for w in local.words}${w},%{endfor}",
    "%{if length(local.words) > 2}many%{else}few%{endif}",
    <<-EOT
      first
        second ${local.chain}
      %{for k, p in local.people~}
      ${k}: ${p.age}
      %{endfor~}
      last
    EOT
    ,
    <<EOT
  kept $${x} "quoted" \n
EOT
  ]
}
output "for_lists" { value = [[for w in local.words : upper(w) if w != "two"], [for i, w in local.words : "${i}${w}"], [for k, p in local.people : k if p.age > 25]] }
output "for_maps" { value = [{ for w in local.words : w => length(w) }, { for w in local.words : length(w) => w... }, { for k, q in var.queues : k => q if q.dlq }] }
output "splats" { value = [values(local.people)[*].age, local.people[*].ann.age, var.maybe[*], [[{ a = 1 }, { a = 2 }][0]].*.a, local.nested[1][1][0], local.words.1, try(var.queues["orders"].tags.x, "no")] }
output "variables" { value = [var.queues, var.names, var.pair, var.maybe] }
