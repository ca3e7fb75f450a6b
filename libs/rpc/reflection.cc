#include "libs/rpc/reflection.h"

#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace fangpin::rpc {
namespace {

namespace pb = grpc::reflection::v1alpha;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

// The file after everything that it imports.
void AddFile(const FileDescriptor* file, std::set<const FileDescriptor*>* seen,
             pb::FileDescriptorResponse* response) {
  if (!seen->insert(file).second) return;
  for (int i = 0; i < file->dependency_count(); ++i) {
    AddFile(file->dependency(i), seen, response);
  }
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  response->add_file_descriptor_proto(proto.SerializeAsString());
}

void NotFound(const std::string& what, pb::ServerReflectionResponse* response) {
  pb::ErrorResponse* error = response->mutable_error_response();
  error->set_error_code(grpc::StatusCode::NOT_FOUND);
  error->set_error_message("not found: " + what);
}

void AnswerFile(const FileDescriptor* file, const std::string& what,
                pb::ServerReflectionResponse* response) {
  if (file == nullptr) {
    NotFound(what, response);
    return;
  }
  std::set<const FileDescriptor*> seen;
  AddFile(file, &seen, response->mutable_file_descriptor_response());
}

void AnswerExtensionNumbers(const std::string& name, pb::ServerReflectionResponse* response) {
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  const Descriptor* type = pool->FindMessageTypeByName(name);
  if (type == nullptr) {
    NotFound(name, response);
    return;
  }
  std::vector<const FieldDescriptor*> extensions;
  pool->FindAllExtensions(type, &extensions);
  response->mutable_all_extension_numbers_response()->set_base_type_name(name);
  for (const FieldDescriptor* extension : extensions) {
    response->mutable_all_extension_numbers_response()->add_extension_number(extension->number());
  }
}

void Answer(const pb::ServerReflectionRequest& request,
            const std::set<std::string, std::less<>>& services,
            pb::ServerReflectionResponse* response) {
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  response->Clear();
  *response->mutable_original_request() = request;
  switch (request.message_request_case()) {
    case pb::ServerReflectionRequest::kFileByFilename:
      return AnswerFile(pool->FindFileByName(request.file_by_filename()),
                        request.file_by_filename(), response);
    case pb::ServerReflectionRequest::kFileContainingSymbol:
      return AnswerFile(pool->FindFileContainingSymbol(request.file_containing_symbol()),
                        request.file_containing_symbol(), response);
    case pb::ServerReflectionRequest::kFileContainingExtension: {
      const pb::ExtensionRequest& wanted = request.file_containing_extension();
      const Descriptor* type = pool->FindMessageTypeByName(wanted.containing_type());
      const FieldDescriptor* extension =
          type == nullptr ? nullptr : pool->FindExtensionByNumber(type, wanted.extension_number());
      return AnswerFile(extension == nullptr ? nullptr : extension->file(),
                        wanted.containing_type(), response);
    }
    case pb::ServerReflectionRequest::kAllExtensionNumbersOfType:
      return AnswerExtensionNumbers(request.all_extension_numbers_of_type(), response);
    case pb::ServerReflectionRequest::kListServices:
      for (const std::string& name : services) {
        response->mutable_list_services_response()->add_service()->set_name(name);
      }
      response->mutable_list_services_response();
      return;
    case pb::ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      response->mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
      return;
  }
}

// One stream: reads a question, writes its answer, reads the next. Deletes itself when done.
class Stream final
    : public grpc::ServerBidiReactor<pb::ServerReflectionRequest, pb::ServerReflectionResponse> {
 public:
  explicit Stream(const std::set<std::string, std::less<>>& services) : services_(services) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    Answer(request_, services_, &response_);
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&request_);
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

 private:
  const std::set<std::string, std::less<>>& services_;
  pb::ServerReflectionRequest request_;
  pb::ServerReflectionResponse response_;
};

}  // namespace

grpc::ServerBidiReactor<pb::ServerReflectionRequest, pb::ServerReflectionResponse>*
ReflectionService::ServerReflectionInfo(grpc::CallbackServerContext*) {
  return new Stream(services_);
}

}  // namespace fangpin::rpc
