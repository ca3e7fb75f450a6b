#ifndef FANGPIN_REGISTRY_API_DIVISION_HANDLER_H_
#define FANGPIN_REGISTRY_API_DIVISION_HANDLER_H_

#include <string>

#include "fangpin/registry/v1/division_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/registry/core/divisions.h"
#include "services/registry/core/villages.h"

namespace fangpin::registry {

// DivisionService over gRPC. The tree is in memory, so calls about it run where they arrive.
class DivisionHandler final : public v1::DivisionService::CallbackService {
 public:
  // All must outlive it. `page_secret`: see rpc::PageTokens.
  DivisionHandler(rpc::Runtime& runtime, Divisions* divisions, Villages* villages,
                  std::string page_secret)
      : runtime_(runtime),
        divisions_(divisions),
        villages_(villages),
        page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* GetDivision(grpc::CallbackServerContext* context,
                                        const v1::GetDivisionRequest* request,
                                        v1::GetDivisionResponse* response) override;
  grpc::ServerUnaryReactor* ListDivisions(grpc::CallbackServerContext* context,
                                          const v1::ListDivisionsRequest* request,
                                          v1::ListDivisionsResponse* response) override;
  grpc::ServerUnaryReactor* MapDivision(grpc::CallbackServerContext* context,
                                        const v1::MapDivisionRequest* request,
                                        v1::MapDivisionResponse* response) override;
  grpc::ServerUnaryReactor* ListVillageProfiles(grpc::CallbackServerContext* context,
                                                const v1::ListVillageProfilesRequest* request,
                                                v1::ListVillageProfilesResponse* response) override;

 private:
  static constexpr std::string_view kService = "fangpin.registry.v1.DivisionService";

  rpc::Runtime& runtime_;
  Divisions* const divisions_;
  Villages* const villages_;
  const rpc::PageTokens page_tokens_;
  rpc::Method<v1::GetDivisionRequest, v1::GetDivisionResponse> get_division_{
      runtime_, kService, "GetDivision", rpc::RunMode::kInline};
  rpc::Method<v1::ListDivisionsRequest, v1::ListDivisionsResponse> list_divisions_{
      runtime_, kService, "ListDivisions", rpc::RunMode::kInline};
  rpc::Method<v1::MapDivisionRequest, v1::MapDivisionResponse> map_division_{
      runtime_, kService, "MapDivision", rpc::RunMode::kInline};
  rpc::Method<v1::ListVillageProfilesRequest, v1::ListVillageProfilesResponse>
      list_village_profiles_{runtime_, kService, "ListVillageProfiles"};
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_API_DIVISION_HANDLER_H_
