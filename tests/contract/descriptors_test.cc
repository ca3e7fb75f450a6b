// Every method and every field of the contract says about itself what the wrapper and the masker
// need. Walks all proto files, linked or not, so that none can be left out.

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fangpin/config/v1/roles.pb.h"
#include "fangpin/rpc/v1/options.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "libs/base/strings.h"
#include "libs/rpc/config.h"
#include "libs/rpc/field_path.h"
#include "libs/rpc/permission.h"

namespace fangpin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;

// Words in a field's name that mean that it may be about a person.
const std::set<std::string> kPersonalWords = {
    "name",    "names",      "phone",   "phones", "mobile",  "address", "birth",  "birthday",
    "illness", "disability", "health",  "remark", "remarks", "note",    "notes",  "text",
    "raw",     "payload",    "account", "card",   "head",    "contact", "author", "victim"};

// Fields with such a name that are about no person, each with its reason.
const std::map<std::string, std::string> kNotPersonal = {
    {"fangpin.assistance.v1.HouseholdPlan.author", "subject of a token: an account, not a name"},
    {"fangpin.policy.v1.Fact.name", "name of a fact"},
    {"fangpin.policy.v1.Parameter.name", "name of a policy parameter"},
    {"fangpin.policy.v1.SourceClause.text", "wording of a public document"},
    {"fangpin.registry.v1.Division.name", "name of a public administrative division"},
    {"fangpin.registry.v1.Import.file_name", "name that the sender gave to a spreadsheet"},
    {"fangpin.registry.v1.ReportedMeasure.text", "label out of a fixed list of measures"},
    {"fangpin.rpc.testdata.v1.EchoRequest.text", "test"},
    {"fangpin.rpc.testdata.v1.EchoResponse.text", "test"},
    {"fangpin.rpc.testdata.v1.Health.disability_level", "the field that holds it is marked"},
    {"fangpin.screening.v1.FeedColumn.name", "a department's name for a column"},
};

// The whole contract, out of the descriptor set that the build makes from every proto file.
class Contract {
 public:
  Contract() {
    std::ifstream in(FANGPIN_CONTRACT, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    EXPECT_TRUE(set.ParseFromIstream(&in));
    for (const auto& proto : set.file()) {
      const FileDescriptor* file = pool_.BuildFile(proto);
      EXPECT_NE(file, nullptr) << proto.name();
      // What configures a process never travels; the service of libs/rpc's own tests does.
      if (file != nullptr && file->package().starts_with("fangpin.") &&
          file->package() != "fangpin.config.v1") {
        files_.push_back(file);
      }
    }
  }

  const std::vector<const FileDescriptor*>& files() const { return files_; }

  std::vector<const MethodDescriptor*> methods() const {
    std::vector<const MethodDescriptor*> methods;
    for (const FileDescriptor* file : files_) {
      for (int s = 0; s < file->service_count(); ++s) {
        for (int m = 0; m < file->service(s)->method_count(); ++m) {
          methods.push_back(file->service(s)->method(m));
        }
      }
    }
    return methods;
  }

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const FileDescriptor*> files_;
};

const Contract& TheContract() {
  static const Contract* const contract = new Contract;
  return *contract;
}

// Options of a parsed file hold our extensions as unknown fields; a second parse makes them known.
template <typename Options>
Options Known(const Options& options) {
  Options known;
  EXPECT_TRUE(known.ParseFromString(options.SerializeAsString()));
  return known;
}

rpc::v1::MethodPolicy PolicyOf(const MethodDescriptor* method) {
  return Known(method->options()).GetExtension(rpc::v1::policy);
}

bool IsPersonal(const FieldDescriptor* field) {
  return Known(field->options()).GetExtension(rpc::v1::personal) != rpc::v1::PERSONAL_UNSPECIFIED;
}

// Whether a message of this type can hold a personal field.
bool HoldsPersonal(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (IsPersonal(field)) return true;
    if (field->message_type() != nullptr && HoldsPersonal(field->message_type(), seen)) {
      return true;
    }
  }
  return false;
}

bool SoundsPersonal(const FieldDescriptor* field) {
  if (field->type() == FieldDescriptor::TYPE_BOOL) return false;
  const std::string& name = field->name();
  // A person's papers: id_number, disability_number, card_numbers.
  if (field->type() == FieldDescriptor::TYPE_STRING && name.find("_number") != name.npos) {
    return true;
  }
  for (const std::string_view word : base::Split(name, '_')) {
    if (kPersonalWords.contains(std::string(word))) {
      // An account of money is a message of ours; a bank account is a string.
      return word != "account" || field->type() == FieldDescriptor::TYPE_STRING;
    }
  }
  return false;
}

void CollectFields(const Descriptor* type, std::vector<const FieldDescriptor*>* fields) {
  for (int i = 0; i < type->field_count(); ++i) fields->push_back(type->field(i));
  for (int i = 0; i < type->nested_type_count(); ++i) {
    if (!type->nested_type(i)->options().map_entry()) CollectFields(type->nested_type(i), fields);
  }
}

TEST(DescriptorsTest, TheContractIsThere) { EXPECT_GE(TheContract().methods().size(), 30u); }

TEST(DescriptorsTest, EveryMethodHasAPolicy) {
  for (const MethodDescriptor* method : TheContract().methods()) {
    const rpc::v1::MethodPolicy policy = PolicyOf(method);
    EXPECT_NE(policy.permission(), "") << method->full_name();
    EXPECT_NE(policy.scope().kind_case(), rpc::v1::Scope::KIND_NOT_SET) << method->full_name();
    EXPECT_NE(policy.audit(), rpc::v1::AUDIT_UNSPECIFIED) << method->full_name();
  }
}

TEST(DescriptorsTest, EveryMethodSaysWhetherItMayBeRepeated) {
  for (const MethodDescriptor* method : TheContract().methods()) {
    EXPECT_NE(method->options().idempotency_level(), MethodOptions::IDEMPOTENCY_UNKNOWN)
        << method->full_name();
  }
}

TEST(DescriptorsTest, ScopeFieldsExist) {
  for (const MethodDescriptor* method : TheContract().methods()) {
    const rpc::v1::Scope scope = PolicyOf(method).scope();
    if (scope.kind_case() != rpc::v1::Scope::kDivisionField) continue;
    EXPECT_TRUE(rpc::FieldPath::Resolve(method->input_type(), scope.division_field()).ok())
        << method->full_name() << " " << scope.division_field();
  }
}

TEST(DescriptorsTest, PermissionsAreOnesThatAPersonOrSystemCanHave) {
  const auto roles = rpc::RoleTable::Load("deploy/config/roles.textproto");
  ASSERT_TRUE(roles.ok()) << roles.status();
  const rpc::Grants grants = roles->GrantsOf(
      {"VILLAGE_CADRE", "TOWNSHIP_REVIEWER", "COUNTY_DESK", "COUNTY_APPROVER", "PREFECTURE_VIEWER",
       "PROVINCE_VIEWER", "DEPARTMENT_FEED", "EXTERNAL_SYSTEM", "DATA_COLLECTOR", "OPERATOR"});
  // What only other services of the suite may do.
  const std::set<std::string> internal = {"registry.monitoring.write", "registry.persons.match"};
  for (const MethodDescriptor* method : TheContract().methods()) {
    const std::string permission = PolicyOf(method).permission();
    EXPECT_TRUE(grants.Allow(permission) || internal.contains(permission))
        << method->full_name() << " " << permission;
  }
}

// A permission that no method asks for looks like a right and is none.
TEST(DescriptorsTest, EveryPermissionOfARoleIsAskedForByAMethod) {
  std::set<std::string> asked;
  for (const MethodDescriptor* method : TheContract().methods()) {
    asked.insert(PolicyOf(method).permission());
  }
  config::v1::Roles config;
  ASSERT_TRUE(rpc::LoadTextProto("deploy/config/roles.textproto", &config).ok());
  for (const config::v1::Role& role : config.roles()) {
    for (const std::string& permission : role.permissions()) {
      bool used = false;
      for (const std::string& name : asked) {
        used |= permission.ends_with(".*")
                    ? name.starts_with(permission.substr(0, permission.size() - 1))
                    : name == permission;
      }
      EXPECT_TRUE(used) << role.name() << " " << permission;
    }
  }
}

// The client finds a method's options by its request type.
TEST(DescriptorsTest, ARequestTypeBelongsToOneMethod) {
  std::map<const Descriptor*, std::string> requests;
  for (const MethodDescriptor* method : TheContract().methods()) {
    const auto [found, added] = requests.emplace(method->input_type(), method->full_name());
    EXPECT_TRUE(added) << method->full_name() << " and " << found->second;
  }
}

TEST(DescriptorsTest, WhatReadsPersonalDataIsAudited) {
  for (const MethodDescriptor* method : TheContract().methods()) {
    std::set<const Descriptor*> seen;
    if (HoldsPersonal(method->output_type(), &seen)) {
      EXPECT_NE(PolicyOf(method).audit(), rpc::v1::AUDIT_NONE) << method->full_name();
    }
  }
}

TEST(DescriptorsTest, EveryPersonalFieldIsMarked) {
  std::set<std::string> unused;
  for (const auto& [name, reason] : kNotPersonal) unused.insert(name);
  for (const FileDescriptor* file : TheContract().files()) {
    std::vector<const FieldDescriptor*> fields;
    for (int i = 0; i < file->message_type_count(); ++i) {
      CollectFields(file->message_type(i), &fields);
    }
    for (const FieldDescriptor* field : fields) {
      unused.erase(field->full_name());
      // A message is marked as a whole, or else its own fields are looked at.
      const bool ours = field->message_type() != nullptr && !field->is_map();
      if (ours || !SoundsPersonal(field)) continue;
      EXPECT_TRUE(IsPersonal(field) || kNotPersonal.contains(field->full_name()))
          << field->full_name() << " sounds personal and is not marked";
    }
  }
  EXPECT_THAT(unused, ::testing::IsEmpty()) << "entries of the allow list that name no field";
}

}  // namespace
}  // namespace fangpin
