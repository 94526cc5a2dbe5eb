/* builtins.h - declares the function of every row of builtins.def that has one.
 *
 * Idea: one line a function, grouped by the file that defines it. Every function has the type
 * mrl_builtin_fn: what it takes and gives stands in its row.
 */
#ifndef MRL_POLICY_BUILTINS_H
#define MRL_POLICY_BUILTINS_H

#include "engines/policy/builtin.h"

#define MRL_DECLARE_BUILTIN(fn)                                                                    \
    mrl_status mrl_bi_##fn(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret)

/* arith.c, compare.c, aggregate.c */
MRL_DECLARE_BUILTIN(abs);
MRL_DECLARE_BUILTIN(all);
MRL_DECLARE_BUILTIN(set_and);
MRL_DECLARE_BUILTIN(any);
MRL_DECLARE_BUILTIN(array_concat);
MRL_DECLARE_BUILTIN(array_flatten);
MRL_DECLARE_BUILTIN(array_reverse);
MRL_DECLARE_BUILTIN(array_slice);
MRL_DECLARE_BUILTIN(bits_and);
MRL_DECLARE_BUILTIN(bits_lsh);
MRL_DECLARE_BUILTIN(bits_negate);
MRL_DECLARE_BUILTIN(bits_or);
MRL_DECLARE_BUILTIN(bits_rsh);
MRL_DECLARE_BUILTIN(bits_xor);
MRL_DECLARE_BUILTIN(cast_array);
MRL_DECLARE_BUILTIN(cast_boolean);
MRL_DECLARE_BUILTIN(cast_null);
MRL_DECLARE_BUILTIN(cast_object);
MRL_DECLARE_BUILTIN(cast_set);
MRL_DECLARE_BUILTIN(cast_string);
MRL_DECLARE_BUILTIN(ceil);
MRL_DECLARE_BUILTIN(count);
MRL_DECLARE_BUILTIN(div);
MRL_DECLARE_BUILTIN(equal);
MRL_DECLARE_BUILTIN(floor);
MRL_DECLARE_BUILTIN(gt);
MRL_DECLARE_BUILTIN(gte);
MRL_DECLARE_BUILTIN(member_2);
MRL_DECLARE_BUILTIN(member_3);
MRL_DECLARE_BUILTIN(intersection);
MRL_DECLARE_BUILTIN(is_array);
MRL_DECLARE_BUILTIN(is_boolean);
MRL_DECLARE_BUILTIN(is_null);
MRL_DECLARE_BUILTIN(is_number);
MRL_DECLARE_BUILTIN(is_object);
MRL_DECLARE_BUILTIN(is_set);
MRL_DECLARE_BUILTIN(is_string);
MRL_DECLARE_BUILTIN(lt);
MRL_DECLARE_BUILTIN(lte);
MRL_DECLARE_BUILTIN(max);
MRL_DECLARE_BUILTIN(min);
MRL_DECLARE_BUILTIN(minus);
MRL_DECLARE_BUILTIN(mul);
MRL_DECLARE_BUILTIN(neq);
MRL_DECLARE_BUILTIN(numbers_range);
MRL_DECLARE_BUILTIN(numbers_range_step);
MRL_DECLARE_BUILTIN(set_or);
MRL_DECLARE_BUILTIN(plus);
MRL_DECLARE_BUILTIN(product);
MRL_DECLARE_BUILTIN(rem);
MRL_DECLARE_BUILTIN(round);
MRL_DECLARE_BUILTIN(set_diff);
MRL_DECLARE_BUILTIN(sort);
MRL_DECLARE_BUILTIN(sum);
MRL_DECLARE_BUILTIN(to_number);
MRL_DECLARE_BUILTIN(type_name);
MRL_DECLARE_BUILTIN(union);

/* objects.c, json_ops.c, json_patch.c, graph.c, units.c */
MRL_DECLARE_BUILTIN(format_int);
MRL_DECLARE_BUILTIN(graph_reachable);
MRL_DECLARE_BUILTIN(graph_reachable_paths);
MRL_DECLARE_BUILTIN(template_string);
MRL_DECLARE_BUILTIN(json_filter);
MRL_DECLARE_BUILTIN(json_is_valid);
MRL_DECLARE_BUILTIN(json_marshal);
MRL_DECLARE_BUILTIN(json_marshal_with_options);
MRL_DECLARE_BUILTIN(json_patch);
MRL_DECLARE_BUILTIN(json_remove);
MRL_DECLARE_BUILTIN(json_unmarshal);
MRL_DECLARE_BUILTIN(object_filter);
MRL_DECLARE_BUILTIN(object_get);
MRL_DECLARE_BUILTIN(object_keys);
MRL_DECLARE_BUILTIN(object_remove);
MRL_DECLARE_BUILTIN(object_subset);
MRL_DECLARE_BUILTIN(object_union);
MRL_DECLARE_BUILTIN(object_union_n);
MRL_DECLARE_BUILTIN(semver_compare);
MRL_DECLARE_BUILTIN(semver_is_valid);
MRL_DECLARE_BUILTIN(units_parse);
MRL_DECLARE_BUILTIN(units_parse_bytes);
MRL_DECLARE_BUILTIN(walk);

/* strings.c, sprintf.c */
MRL_DECLARE_BUILTIN(concat);
MRL_DECLARE_BUILTIN(contains);
MRL_DECLARE_BUILTIN(endswith);
MRL_DECLARE_BUILTIN(indexof);
MRL_DECLARE_BUILTIN(indexof_n);
MRL_DECLARE_BUILTIN(lower);
MRL_DECLARE_BUILTIN(replace);
MRL_DECLARE_BUILTIN(split);
MRL_DECLARE_BUILTIN(go_format);
MRL_DECLARE_BUILTIN(startswith);
MRL_DECLARE_BUILTIN(any_prefix_match);
MRL_DECLARE_BUILTIN(any_suffix_match);
MRL_DECLARE_BUILTIN(strings_count);
MRL_DECLARE_BUILTIN(replace_n);
MRL_DECLARE_BUILTIN(strings_reverse);
MRL_DECLARE_BUILTIN(split_n);
MRL_DECLARE_BUILTIN(substring);
MRL_DECLARE_BUILTIN(trim);
MRL_DECLARE_BUILTIN(trim_left);
MRL_DECLARE_BUILTIN(trim_prefix);
MRL_DECLARE_BUILTIN(trim_right);
MRL_DECLARE_BUILTIN(trim_space);
MRL_DECLARE_BUILTIN(trim_suffix);
MRL_DECLARE_BUILTIN(upper);

/* encoding.c, net.c, ids.c */
MRL_DECLARE_BUILTIN(base64_decode);
MRL_DECLARE_BUILTIN(base64_encode);
MRL_DECLARE_BUILTIN(base64_is_valid);
MRL_DECLARE_BUILTIN(base64url_decode);
MRL_DECLARE_BUILTIN(base64url_encode);
MRL_DECLARE_BUILTIN(base64url_encode_no_pad);
MRL_DECLARE_BUILTIN(hmac_equal);
MRL_DECLARE_BUILTIN(hmac_md5);
MRL_DECLARE_BUILTIN(hmac_sha1);
MRL_DECLARE_BUILTIN(hmac_sha256);
MRL_DECLARE_BUILTIN(hmac_sha512);
MRL_DECLARE_BUILTIN(crypto_md5);
MRL_DECLARE_BUILTIN(crypto_sha1);
MRL_DECLARE_BUILTIN(crypto_sha256);
MRL_DECLARE_BUILTIN(hex_decode);
MRL_DECLARE_BUILTIN(hex_encode);
MRL_DECLARE_BUILTIN(cidr_contains_matches);
MRL_DECLARE_BUILTIN(cidr_expand);
MRL_DECLARE_BUILTIN(cidr_intersects);
MRL_DECLARE_BUILTIN(cidr_is_valid);
MRL_DECLARE_BUILTIN(cidr_merge);
MRL_DECLARE_BUILTIN(cidr_contains);
MRL_DECLARE_BUILTIN(opa_runtime);
MRL_DECLARE_BUILTIN(rand_intn);
MRL_DECLARE_BUILTIN(urlquery_decode);
MRL_DECLARE_BUILTIN(urlquery_decode_object);
MRL_DECLARE_BUILTIN(urlquery_encode);
MRL_DECLARE_BUILTIN(urlquery_encode_object);
MRL_DECLARE_BUILTIN(uuid_parse);
MRL_DECLARE_BUILTIN(uuid_rfc4122);
MRL_DECLARE_BUILTIN(yaml_is_valid);
MRL_DECLARE_BUILTIN(yaml_marshal);
MRL_DECLARE_BUILTIN(yaml_unmarshal);
MRL_DECLARE_BUILTIN(time_add_date);
MRL_DECLARE_BUILTIN(time_clock);
MRL_DECLARE_BUILTIN(time_date);
MRL_DECLARE_BUILTIN(time_diff);
MRL_DECLARE_BUILTIN(time_format);
MRL_DECLARE_BUILTIN(time_now_ns);
MRL_DECLARE_BUILTIN(time_parse_duration_ns);
MRL_DECLARE_BUILTIN(time_parse_ns);
MRL_DECLARE_BUILTIN(time_parse_rfc3339_ns);
MRL_DECLARE_BUILTIN(time_weekday);

/* regex.c */
MRL_DECLARE_BUILTIN(glob_match);
MRL_DECLARE_BUILTIN(glob_quote_meta);
MRL_DECLARE_BUILTIN(regex_find_groups);
MRL_DECLARE_BUILTIN(regex_find_n);
MRL_DECLARE_BUILTIN(regex_globs_match);
MRL_DECLARE_BUILTIN(regex_is_valid);
MRL_DECLARE_BUILTIN(regex_match);
MRL_DECLARE_BUILTIN(regex_replace);
MRL_DECLARE_BUILTIN(regex_split);
MRL_DECLARE_BUILTIN(regex_template_match);

/* say.c */
MRL_DECLARE_BUILTIN(internal_print);
MRL_DECLARE_BUILTIN(internal_test_case);
MRL_DECLARE_BUILTIN(trace);

#endif
